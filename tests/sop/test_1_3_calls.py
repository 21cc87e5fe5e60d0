"""The call list: attempts, taking a row, what comes of it (SOP 1.3.a, 2.b)."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.acts import TIMER, Actor, act
from orders.factories import OrderFactory
from orders.models import Contact, Hold, Order
from orders.services.calls import ask_buyer
from orders.services.hold import hold_order, open_hold
from orders.words import HoldKind
from staff.factories import UserFactory
from staff.models import Reveal, User
from stock.factories import SkuFactory
from stock.models import Sku
from stock.services import supply as acts
from tests.acts.pages import do, fields
from tests.stock.supplies import DAY, common

pytestmark = pytest.mark.django_db


@pytest.fixture
def hold(agent: User) -> Hold:
    order = OrderFactory.create(mobile="13812345678", buyer_message="尺码不确定")
    ask_buyer(order, "问尺码", by=Actor.person(agent), now=timezone.now())
    return Hold.objects.get()


def text(answer: Any) -> str:
    return str(answer.content.decode())


def taken(client: Client, hold: Hold) -> Any:
    page = text(client.get("/calls"))
    token = re.search(r'name="token" value="([^"]+)"', page)
    assert token is not None
    url = reverse("take-call", args=[hold.order.order_no, hold.pk])
    return client.post(url, {"token": token[1]})


def outcome(client: Client, hold: Hold, **typed: Any) -> Any:
    """From the list, as taking a row leads there."""
    url = reverse("call", args=[hold.order.order_no, hold.pk])
    return client.post(url, fields(text(client.get(url + "?back=list"))) | typed)


def test_the_list_masks_and_taking_a_row_shows_the_telephone_and_is_logged(
    agent_client: Client, hold: Hold
) -> None:
    assert "13812345678" not in text(agent_client.get("/calls"))
    url = reverse("call", args=[hold.order.order_no, hold.pk])
    assert "13812345678" not in text(agent_client.get(url))
    answer = taken(agent_client, hold)
    assert "13812345678" in text(agent_client.get(answer.url))
    assert Reveal.objects.get().reason == "联系买家：审单"


def test_a_colleague_sees_who_calls_and_cannot_take_it(agent_client: Client, hold: Hold) -> None:
    taken(agent_client, hold)
    other = Client()
    other.force_login(UserFactory.create(role="aftersales"))
    assert "王芳在联系" in text(other.get("/calls"))
    assert taken(other, hold).url == "/calls"
    assert "王芳正在处理" in text(other.get("/calls"))


def test_asked_in_the_past_is_told_at_its_field(agent_client: Client) -> None:
    order = OrderFactory.create(buyer_message="尺码不确定")
    answer = do(agent_client, "ask-buyer", order, reason="问尺码", at="0001-01-01T00:00")
    assert answer.status_code == 422
    assert "要选一个以后的时间" in text(answer)
    assert not Hold.objects.exists()


def test_not_reached_comes_again_later(agent_client: Client, hold: Hold) -> None:
    before = timezone.now()
    answer = outcome(agent_client, hold, outcome="missed", said="没人接")
    assert answer.url == "/calls"
    contact = Contact.objects.get(about="contact")
    assert (contact.reached, contact.said) == (False, "没人接")
    hold.refresh_from_db()
    assert hold.state == "open"
    assert hold.call_at is not None
    assert hold.call_at >= before + timedelta(hours=2)
    assert contact.call_again_at == hold.call_at
    page = text(agent_client.get("/calls"))
    assert "没联系上" in page
    assert "没人接" in page


def test_reached_and_settled_ends_the_hold_and_the_review_goes_on(
    agent_client: Client, hold: Hold
) -> None:
    outcome(agent_client, hold, outcome="settled", said="要 M 码")
    hold.refresh_from_db()
    assert (hold.state, hold.lifted_why) == ("lifted", "要 M 码")
    order = Order.objects.get()
    assert order.review_by is not None, "the message is still to be passed"
    assert "没有要联系的买家" in text(agent_client.get("/calls"))


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ({"outcome": "settled", "said": ""}, "写一句买家怎么说"),
        ({"outcome": "again", "again": "2020-01-01T10:00"}, "以后的时间"),
        ({"outcome": ""}, "按下面的一个按钮"),
        ({"outcome": "gone"}, "gone"),
    ],
)
def test_a_result_that_makes_no_sense_is_asked_again(
    agent_client: Client, hold: Hold, typed: dict[str, str], why: str
) -> None:
    answer = outcome(agent_client, hold, **typed)
    assert answer.status_code == 422
    assert why in text(answer)


def test_what_was_settled_meanwhile_is_not_settled_twice(agent_client: Client, hold: Hold) -> None:
    url = reverse("call", args=[hold.order.order_no, hold.pk])
    data = fields(text(agent_client.get(url)))
    outcome(agent_client, hold, outcome="settled", said="要 M 码")
    data["seen"] = str(Order.objects.get().version)
    answer = agent_client.post(url, data | {"outcome": "settled", "said": "要 L 码"})
    assert answer.status_code == 409
    assert "已经处理过了" in text(answer)


def test_an_agent_reaches_a_buyer_but_a_stock_out_is_aftersales_to_end(
    agent_client: Client,
) -> None:
    order = OrderFactory.create()
    with act("hold", order, by=TIMER) as (row, log):
        open_hold(row, HoldKind.STOCK_OUT, "L 码缺 1 件", by=TIMER, now=log.act.at, cause="7")
    hold = Hold.objects.get()
    assert hold.call_at == hold.opened_at, "a stock-out is to be called at once"
    answer = outcome(agent_client, hold, outcome="settled", said="等货")
    assert answer.status_code == 409
    assert "售后、采购或主管" in text(answer)


def test_a_considering_customer_is_called_the_day_after(agent: User) -> None:
    now = timezone.now()
    order = OrderFactory.create()
    hold_order(order, HoldKind.CUSTOMER, "想想", by=Actor.person(agent), now=now)
    assert Hold.objects.get().call_at == now + timedelta(days=1)


def test_the_kinds_are_apart_and_the_first_due_is_first(agent_client: Client, hold: Hold) -> None:
    order = OrderFactory.create()
    with act("hold", order, by=TIMER) as (row, log):
        early = log.act.at - timedelta(hours=3)
        open_hold(row, HoldKind.STOCK_OUT, "缺 1 件", by=TIMER, now=early)
    rows = agent_client.get("/calls").context["page"].rows
    assert [row.kind for row in rows] == ["stock_out", "review"]
    assert len(agent_client.get("/calls?kind=stock_out").context["page"].rows) == 1


def test_the_list_asks_a_fixed_number_of_queries(
    agent: User, agent_client: Client, django_assert_max_num_queries: Any
) -> None:
    for _ in range(3):
        ask_buyer(OrderFactory.create(), "问", by=Actor.person(agent), now=timezone.now())
        OrderFactory.create(lines=[(SkuFactory.create(on_hand=0), 1)])
    with django_assert_max_num_queries(15):
        assert len(agent_client.get("/calls").context["page"].rows) == 6


def test_the_order_page_offers_the_call_where_the_buyer_must_be_asked(
    agent_client: Client, shirt: Sku
) -> None:
    """Nobody can pass or lift away what is not there: the accent is what helps (SOP 1.3.a)."""
    hold = Hold.objects.order_by("pk")[0]
    main = agent_client.get(hold.order.get_absolute_url()).context["main"]
    url = reverse("call", args=[hold.order.order_no, hold.pk])
    assert (main.label, main.url, main.verdict.allowed) == ("联系买家", url, True)
    data = fields(text(agent_client.get(url))) | {"outcome": "missed"}
    answer: Any = agent_client.post(url, data)
    assert answer.url.startswith(hold.order.get_absolute_url()), "back to where one came from"


# Who waits for the same goods is called about them together


@pytest.fixture
def shirt() -> Sku:
    """Two wait for it, one piece for the first of them will come on the 8th."""
    sku = SkuFactory.create(style_no="A2031", on_hand=0)
    supply = acts.draft_supply(sku, 1, **common())
    acts.order_supply(supply, "绍兴布厂", DAY, **common())
    for hours in (5, 4):
        OrderFactory.create(lines=[(sku, 1)], ordered_at=timezone.now() - timedelta(hours=hours))
    return sku


def test_the_rows_stand_by_goods_with_the_expected_day(
    agent_client: Client, hold: Hold, shirt: Sku
) -> None:
    answer = agent_client.get("/calls")
    goods, others = answer.context["groups"]
    assert (goods.sku, others.sku) == (shirt, None)
    assert goods.arrivals == [(DAY, 1)]
    assert [row.expected for row in goods.rows] == [DAY, None], "who waits longest is served first"
    assert others.rows == [hold]
    page = text(answer)
    assert "预计 12-08 到 1 件" in page
    assert "预计 12-08 轮到这单" in page
    assert "在途的轮不到这单" in page


def test_a_day_that_has_passed_is_told_as_late_and_is_no_answer_for_the_buyer(
    agent_client: Client, agent: User, shirt: Sku
) -> None:
    order = Order.objects.order_by("pk")[0]
    with time_machine.travel(datetime(2026, 12, 9, 2, tzinfo=UTC), tick=False):
        agent_client.force_login(agent)
        page = text(agent_client.get("/calls"))
        card = agent_client.get(order.get_absolute_url())
    assert "12-08 该到 1 件，还没到" in page
    assert "迟到的那批轮到这单" in page
    assert "12-08 该到，还没到" in text(card)
    assert "12 月 8 日" not in card.context["sentence"]


def test_goods_that_nobody_has_ordered_have_no_day(agent_client: Client) -> None:
    OrderFactory.create(lines=[(SkuFactory.create(on_hand=0), 1)])
    assert "还没有到货日期" in text(agent_client.get("/calls"))


def test_those_who_wait_for_one_product_can_be_seen_alone(
    agent_client: Client, hold: Hold, shirt: Sku
) -> None:
    both = [(SkuFactory.create(on_hand=0), 1), (shirt, 1)]
    OrderFactory.create(lines=both)
    assert len(agent_client.get("/calls").context["page"].rows) == 5
    answer = agent_client.get(f"/calls?sku={shirt.pk}")
    (group,) = answer.context["groups"]
    assert (group.sku, len(group.rows)) == (shirt, 3)
    assert f"只看等 {shirt.label} 的" in text(answer)
    assert len(agent_client.get("/calls?sku=0x7").context["page"].rows) == 5


def test_a_buyer_who_considers_stands_with_the_goods_that_the_order_lacks(
    agent: User, agent_client: Client, shirt: Sku
) -> None:
    order = Order.objects.order_by("pk")[0]
    by = Actor.person(agent)
    hold_order(order, HoldKind.CUSTOMER, "想想", by=by, now=timezone.now())
    (group,) = agent_client.get("/calls").context["groups"]
    assert [row.kind for row in group.rows] == ["stock_out", "customer"], "each buyer once"
    assert "2 位在等" in text(agent_client.get("/calls"))


def test_the_outcome_is_the_button_and_who_may_not_settle_sees_why(
    agent_client: Client, shirt: Sku
) -> None:
    hold = Hold.objects.order_by("pk")[0]
    page = text(agent_client.get(reverse("call", args=[hold.order.order_no, hold.pk])))
    assert '<button name="outcome" value="missed">' in page
    assert '<button name="outcome" value="settled" class="main" disabled' in page
    assert "挂起要由售后、采购或主管解除" in page


def test_by_value_the_dearest_stand_first_whatever_they_wait_for(agent_client: Client) -> None:
    """SOP 1.3.a: two waits for one product do not pull a cheap order before a dear one."""
    shirt, coat = (SkuFactory.create(price=price, on_hand=0) for price in ("129.00", "274.00"))
    for sku, pieces in ((shirt, 1), (coat, 4), (shirt, 10), (shirt, 9)):
        OrderFactory.create(lines=[(sku, pieces)])

    def shown(sort: str) -> list[list[int]]:
        groups = agent_client.get(f"/calls?sort={sort}").context["groups"]
        return [[int(hold.worth) for hold in group.rows] for group in groups]

    assert shown("worth") == [[1290, 1161], [1096], [129]]
    assert shown("age") == [[129], [1096], [1290, 1161]]
    assert [sorted(group) for group in shown("")] == [[129, 1161, 1290], [1096]]


def test_the_list_is_sorted_by_value_or_by_age(agent_client: Client, agent: User) -> None:
    """SOP 1.3.a: whom to call first."""
    by, now = Actor.person(agent), timezone.now()
    worth = {"10.00": 3, "900.00": 1, "50.00": 2}
    for price, hours in worth.items():
        order = OrderFactory.create(lines=[(SkuFactory.create(price=price), 1)])
        ask_buyer(order, "问尺码", by=by, now=now - timedelta(hours=hours), at=now)

    def prices(sort: str) -> list[str]:
        rows = agent_client.get(f"/calls?kind=review&sort={sort}").context["page"].rows
        return [str(row.worth) for row in rows]

    assert prices("worth") == ["900.00", "50.00", "10.00"]
    assert prices("age") == ["10.00", "50.00", "900.00"]
