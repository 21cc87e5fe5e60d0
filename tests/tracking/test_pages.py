"""What people do with parcels on their way, on screens: SOP 2.h, 6.a, 6.c, 1.4′."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core import sentences
from orders.factories import OrderFactory, ShopFactory
from orders.models import Order
from staff.factories import UserFactory
from staff.models import User
from tests.acts.pages import do, fields, show_personal
from tests.security.addresses import on_the_way
from warehouse.models import CarrierTerm, Dispatch, Enquiry, Tracking, Trouble
from warehouse.services.news import Line, take_news
from warehouse.words import TrackSource, TrackState

pytestmark = pytest.mark.django_db
WAYBILL = "YT8962646785389"


@pytest.fixture
def order(db: None) -> Order:
    made: Order = OrderFactory.create(state="shipped", carrier="YTO", waybill=WAYBILL)
    return made


def follow(order: Order, state: str = "delivering", text: str = "快递员 13912345678 派件") -> None:
    now = timezone.now()
    Tracking.objects.create(order=order, carrier="YTO", waybill=WAYBILL, made_at=now)
    lines = [Line(now - timedelta(hours=3), "已揽收"), Line(now - timedelta(hours=1), text)]
    take_news("YTO", WAYBILL, TrackState(state), lines, TrackSource.KUAIDI100, now=now)


def text(client: Client, url: str, **headers: str) -> str:
    answer = client.get(url, headers=headers)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_order_page_says_where_it_is_and_what_the_customer_may_hear(
    agent_client: Client, order: Order
) -> None:
    follow(order)
    html = text(agent_client, order.get_absolute_url())
    assert f"派送中：圆通速递 {WAYBILL}" in html
    assert f"亲，您的包裹（圆通速递 {WAYBILL}）派送中，最近一次更新是" in html
    assert "13912345678" not in html


def test_what_is_wrong_comes_first(agent_client: Client, order: Order) -> None:
    CarrierTerm.objects.create(carrier="YTO", keep_days=5)
    follow(order, "refused", "收件人拒收")
    html = text(agent_client, order.get_absolute_url())
    assert "买家拒收：圆通速递" in html
    assert "保管到" in html
    assert "请问是什么原因" in html


def test_the_page_asks_no_more_for_it(
    agent_client: Client, order: Order, django_assert_max_num_queries: Any
) -> None:
    follow(order)
    sentences.forget()
    with django_assert_max_num_queries(12):
        text(agent_client, order.get_absolute_url())


def test_the_way_is_a_part_and_a_page(
    agent_client: Client, agent: User, order: Order, django_assert_num_queries: Any
) -> None:
    follow(order)
    on_the_way(OrderFactory.create())  # another's
    url = reverse("way", args=[order.order_no])
    with django_assert_num_queries(9):
        part = text(agent_client, url, **{"HX-Request": "true"})
    assert "<html" not in part
    assert part.index("派件") < part.index("已揽收")
    assert "13912345678" not in part
    show_personal(agent, order)
    whole = text(agent_client, url)
    assert "<html" in whole
    assert "13912345678" in whole


def test_before_shipping_there_is_no_card(agent_client: Client) -> None:
    html = text(agent_client, OrderFactory.create().get_absolute_url())
    assert 'aria-label="物流"' not in html
    assert "更正运单号" not in html


def test_a_waybill_is_corrected_on_its_page(agent_client: Client, order: Order) -> None:
    answer = do(agent_client, "correct-waybill", order, carrier="ZTO", waybill=" 7531234567890 ")
    assert answer.status_code == 302
    html = text(agent_client, answer["Location"])
    assert "运单号更正为 7531234567890（中通快递）" in html
    assert f"旧运单 {WAYBILL}" in html
    assert do(agent_client, "correct-waybill", order, waybill="运单").status_code == 422
    order.refresh_from_db()
    again = do(agent_client, "correct-waybill", order)
    assert again.status_code == 409
    assert "没有变" in again.content.decode()


def test_the_carrier_is_asked_and_answers(agent_client: Client, order: Order) -> None:
    asked = do(agent_client, "ask-carrier", order, kind="urge", question="三天没动", within="8")
    assert "催圆通速递尽快派送" in text(agent_client, asked["Location"])
    row = Enquiry.objects.get()
    assert abs(row.due_at - timezone.now() - timedelta(hours=8)) < timedelta(minutes=1)
    listed = text(agent_client, reverse("enquiries"))
    assert "三天没动" in listed
    url = reverse("answer-carrier", args=[order.order_no, row.pk])
    form = fields(text(agent_client, url))
    assert agent_client.post(url, form | {"to": "done", "answer": ""}).status_code == 422
    done = agent_client.post(url, form | {"to": "done", "answer": "今天送"})
    assert "您要的催件已经办好：今天送" in text(agent_client, done["Location"])
    assert "没有等快递答复的" in text(agent_client, reverse("enquiries"))
    assert agent_client.post(url, form | {"to": "done", "answer": "x"}).status_code in (302, 409)


def test_a_parcel_in_trouble_is_claimed_and_settled(agent_client: Client, order: Order) -> None:
    follow(order, "problem", "地址不详")
    row = Trouble.objects.get()
    listed = text(agent_client, reverse("troubles"))
    assert "请买家补全地址和电话" in listed
    assert "没有异常件" in text(agent_client, f"{reverse('troubles')}?kind=refused")
    url = reverse("claim-trouble", args=[order.order_no, row.pk])
    back = agent_client.post(url, fields(text(agent_client, url)) | {"back": "list"}, follow=True)
    assert "认领了" in back.content.decode()
    assert "王芳 认领" in back.content.decode()
    settle = reverse("settle-trouble", args=[order.order_no, row.pk])
    form = fields(text(agent_client, settle))
    done = agent_client.post(settle, form | {"outcome": "redirect", "why": "补了门牌"})
    html = text(agent_client, done["Location"])
    assert "按新的信息重新派送" in html
    assert "补了门牌" in html
    assert "没有异常件" in text(agent_client, reverse("troubles"))
    assert agent_client.post(url, {"seen": 1, "token": str(uuid.uuid4())}).status_code == 409


def test_what_the_platform_refused_is_told_again_or_ticked(
    agent_client: Client, order: Order
) -> None:
    for number in ("1", "2"):
        Dispatch.objects.create(
            order=order,
            platform_no=number,
            waybill=WAYBILL,
            state="failed",
            why="已经用过",
            at=timezone.now(),
        )
    listed = text(agent_client, reverse("dispatches"))
    assert listed.count("已经用过") == 2
    for row, name, state in zip(
        Dispatch.objects.order_by("id"),
        ("retry-dispatch", "finish-dispatch"),
        ("sending", "by_hand"),
        strict=True,
    ):
        url = reverse(name, args=[order.order_no, row.pk])
        form = fields(text(agent_client, url)) | {"back": "list"}
        assert agent_client.post(url, form)["Location"] == reverse("dispatches")
        row.refresh_from_db()
        assert row.state == state
    assert "平台都收下了" in text(agent_client, reverse("dispatches"))


def test_an_agent_says_that_the_buyer_has_it(agent_client: Client, order: Order) -> None:
    assert "登记签收" in text(agent_client, order.get_absolute_url())
    done = do(agent_client, "receive-order", order, intact="买家说完好")
    html = text(agent_client, done["Location"])
    assert "您的包裹已经签收" in html
    order.refresh_from_db()
    assert order.state == "received"
    assert do_refused(agent_client, order) == 409


def do_refused(client: Client, order: Order) -> int:
    data = {"seen": order.version, "token": str(uuid.uuid4()), "channel": "qq"}
    return client.post(reverse("receive-order", args=[order.order_no]), data).status_code


def test_the_owner_keeps_what_is_known_of_carriers(client: Client) -> None:
    client.force_login(UserFactory.create(role="owner"))
    assert "没有设置，按默认" in text(client, reverse("carriers"))
    url = reverse("carrier", args=["SF"])
    data = {"token": str(uuid.uuid4()), "keep_days": "7", "quiet_h": "24", "phone": "95338"}
    assert client.post(url, data | {"keep_days": "99"}).status_code == 422
    assert client.post(url, data).status_code == 302
    assert client.post(url, data | {"keep_days": "3"}).status_code == 302  # the same form twice
    assert CarrierTerm.objects.get().keep_days == 7
    assert client.get(reverse("carrier", args=["NO"])).status_code == 404


@pytest.mark.parametrize("name", ["troubles", "enquiries", "dispatches"])
def test_a_worklist_asks_the_same_however_long_it_is(
    client: Client, name: str, django_assert_max_num_queries: Any
) -> None:
    client.force_login(UserFactory.create(role="owner"))
    for number in range(25):
        shop = ShopFactory.create(code=f"shop{number}")
        on_the_way(OrderFactory.create(state="shipped", shop=shop))
    with django_assert_max_num_queries(5):
        first = text(client, reverse(name))
    assert "20+" in first
    assert client.get(f"{reverse(name)}?page=broken").status_code == 302


@pytest.mark.parametrize("name", ["troubles", "enquiries", "dispatches"])
def test_a_worklist_shows_the_persons_shops_only(client: Client, name: str) -> None:
    on_the_way(OrderFactory.create(state="shipped"))
    client.force_login(
        UserFactory.create(role="agent", shop_codes=[ShopFactory.create(code="x").code])
    )
    assert "0 " in text(client, reverse(name))
