"""The pages of refunds: the dialog with its preview, the card, evidence files (SOP 1.5)."""

from __future__ import annotations

import re
import uuid
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.acts import Actor
from core.sentences import render as said
from orders.models import Order
from refunds.models import Evidence, Refund
from refunds.policy import terms
from refunds.selectors.refunds import say_now
from refunds.services.decide import return_refund
from staff.factories import UserFactory
from tests.acts.pages import do, page_of, send
from tests.pictures import photo
from tests.refunds.asking import ask, by_alipay, goods, own_shop, paid_order

pytestmark = pytest.mark.django_db
PNG = photo()


@pytest.fixture(autouse=True)
def files(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def paid(hours: float = 30, **values: Any) -> Order:
    return paid_order(hours, now=timezone.now(), **values)


def received() -> Order:
    return by_alipay(paid(200, state="received", shop=own_shop()))


def of(order: Order) -> Refund:
    return Refund.objects.get(order=order)


def picture(name: str = "照片.png", data: bytes = PNG) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data, content_type="image/png")


def test_the_order_page_has_the_button_and_the_dialog_its_preview(agent_client: Client) -> None:
    order = paid()
    assert reverse("request-refund", args=[order.order_no]) in (
        agent_client.get(order.get_absolute_url()).content.decode()
    )
    html = agent_client.get(reverse("request-refund", args=[order.order_no])).content.decode()
    for text in ("140.00", "1–2 个工作日，原路退回", "请买家在平台上点申请退款", "其它原因"):
        assert text in html


def test_what_is_not_paid_is_greyed_and_says_why(agent_client: Client) -> None:
    order = paid_order(state="unpaid")
    assert "没有钱可以退" in agent_client.get(order.get_absolute_url()).content.decode()
    answer = do_closed(agent_client, order)
    assert "直接关闭订单" in answer


def do_closed(client: Client, order: Order) -> str:
    html = client.get(reverse("request-refund", args=[order.order_no])).content.decode()
    assert 'id="act-form"' not in html
    return str(html)


def test_asked_for_on_the_page_it_stands_on_the_order(agent_client: Client) -> None:
    order = paid(2)
    answer = do(agent_client, "request-refund", order, true="stock_out", why="厂家断货")
    assert answer.status_code == 302
    html = agent_client.get(answer.url).content.decode()
    for text in (f"{order.order_no}-R1", "待开窗", "缺货", "以后到订单里点“申请退款”"):
        assert text in html
    assert "正在退款：" in html
    assert "解除挂起</a>" not in html  # what holds it is the refund
    page = agent_client.get(of(order).get_absolute_url()).content.decode()
    for text in ("厂家断货", "买家还没有申请", "撤回退款", "改为发货", "对上平台申请"):
        assert text in page


def test_the_sentence_stands_on_the_refund_and_promises_from_today_on(
    agent_client: Client, by: Actor
) -> None:
    """Asked for a week ago, and the buyer has not applied yet (1.5.e)."""
    week = timezone.now() - timedelta(days=7)
    refund = ask(paid_order(30, now=week), by, now=week)
    html = agent_client.get(refund.get_absolute_url()).content.decode()
    by_when = terms(timezone.now()).promised.said
    assert f"今天申请的话最晚 {by_when}" in html


def test_a_promise_that_is_broken_is_not_told_again(agent_client: Client, by: Actor) -> None:
    """No time that is over is promised; the customer hears that we are at it (1.5.e)."""
    week = timezone.now() - timedelta(days=9)
    refund = ask(by_alipay(paid_order(30, now=week, shop=own_shop())), by, now=week)
    html = agent_client.get(refund.get_absolute_url()).content.decode()
    assert "没能在答应您的时间办好" in html
    assert "原路退回，最晚" not in html


@pytest.mark.parametrize(
    ("state", "role", "label"),
    [
        ("waiting", "agent", "看退款"),
        ("to_apply", "agent", "提醒买家申请"),
        ("review", "agent", "看退款"),
        ("review", "supervisor", "去审退款"),
        ("returned", "agent", "补充后再送审"),
    ],
)
def test_an_order_that_a_refund_holds_has_one_accented_act(
    client: Client, by: Actor, state: str, role: str, label: str
) -> None:
    now = timezone.now()
    ours = state in ("review", "returned")
    order = paid_order(2 if state == "waiting" else 30, now=now, shop=own_shop() if ours else None)
    refund = ask(by_alipay(order) if ours else order, by, now=now)
    if state == "returned":
        lead = Actor.person(UserFactory.create(role="supervisor"))
        return_refund(order, refund, "缺照片", by=lead, now=now)
    client.force_login(UserFactory.create(role=role))
    html = client.get(order.get_absolute_url()).content.decode()
    (found,) = re.findall(r'class="button main" href="([^"]+)"[^>]*>([^<]+)', html)
    assert found[1].strip() == label
    assert found[0].startswith(refund.get_absolute_url())
    say = say_now(refund, now)
    if say and state != "returned":
        assert said(say, order.shop.code) in html
    order.refresh_from_db()
    assert order.review_by is None, "it stands among the refunds alone"


def test_the_preview_writes_nothing_and_shows_each_line(agent_client: Client) -> None:
    order = paid(lines=[(goods("60.00"), 1), (goods("40.00"), 2)])
    line = order.lines.get(quantity=2)
    data = page_of(agent_client, "request-refund", order)
    typed = {"kind": "goods", f"back-{line.pk}": "2", "true": "stock_out", "preview": "1"}
    html = send(agent_client, "request-refund", order, data, **typed).content.decode()
    assert "拆成一单扣住" in html
    assert "80.00" in html
    assert "不然平台会把商品下架" in html
    assert not Refund.objects.exists()


def test_the_reason_is_chosen_on_purpose(agent_client: Client) -> None:
    """1.5.e: always confirmed, so nothing is chosen before, and no sentence names one."""
    order = paid()
    html = agent_client.get(reverse("request-refund", args=[order.order_no])).content.decode()
    assert '<option value="" selected>和买家确认，选一个' in html
    assert "之后跟买家说" not in html
    answer = do(agent_client, "request-refund", order)
    assert answer.status_code == 422
    assert "先和买家确认真实原因" in answer.content.decode()
    assert not Refund.objects.exists()


def test_goods_without_pieces_are_told_and_no_amount_is_shown(agent_client: Client) -> None:
    """The preview says the same as the error: nothing was chosen yet, not the whole order."""
    order = paid(lines=[(goods("60.00"), 2), (goods("40.00"), 1)])
    answer = do(agent_client, "request-refund", order, kind="goods", true="unwanted")
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "还没有选退哪几件" in html
    assert "选好退什么，这里显示每一项退多少" in html
    assert "会退这些" not in html


def test_what_has_left_asks_whose_fault_it_is(agent_client: Client) -> None:
    """SOP 1.5.c, 1.5.d."""
    order = received()
    typed = {"kind": "partial", "amount": "20", "true": "damaged"}
    answer = do(agent_client, "request-refund", order, **typed)
    assert answer.status_code == 422
    assert "先定是谁的责任" in answer.content.decode()
    answer = do(agent_client, "request-refund", order, fault="carrier", **typed)
    assert answer.status_code == 302
    assert (of(order).state, of(order).fault) == ("review", "carrier")


def test_a_difference_of_what_has_left_asks_nobodys_fault(agent_client: Client) -> None:
    order = received()
    answer = do(
        agent_client, "request-refund", order, kind="difference", amount="20", true="cheaper"
    )
    assert answer.status_code == 302
    assert of(order).state == "review"


def test_more_than_was_paid_is_refused_and_what_was_typed_stays(agent_client: Client) -> None:
    order = received()
    typed = {"kind": "partial", "amount": "999", "true": "damaged", "fault": "seller"}
    answer = do(agent_client, "request-refund", order, **typed)
    assert answer.status_code == 409
    html = answer.content.decode()
    assert "只有 140.00 元可以退" in html
    assert 'value="999"' in html


def test_the_same_form_twice_asks_once(agent_client: Client) -> None:
    order = paid()
    data = page_of(agent_client, "request-refund", order) | {"true": "unwanted"}
    for _ in range(2):
        assert send(agent_client, "request-refund", order, data).status_code == 302
    assert Refund.objects.filter(order=order).count() == 1


def test_matched_withdrawn_and_resubmitted_by_their_pages(agent_client: Client) -> None:
    order = paid()
    do(agent_client, "request-refund", order, true="unwanted")
    row = of(order)

    def act(name: str, **typed: Any) -> int:
        url = reverse(name, args=[order.order_no, row.pk])
        fresh = Order.objects.get(pk=order.pk)
        data = {"seen": fresh.version, "token": uuid.uuid4()}
        assert agent_client.get(url).status_code == 200
        return int(agent_client.post(url, data | typed).status_code)

    assert act("resubmit-refund", why="x") == 409
    at = _typed(timezone.now() - timedelta(hours=1))
    assert act("match-application", number="98 76", applied_at=at) == 422
    assert act("match-application", number="987654", applied_at=at) == 302
    assert of(order).state == "review"
    assert act("withdraw-refund", why="不退了", channel="qq") == 409  # the buyer's own


def _typed(at: datetime) -> str:
    return timezone.localtime(at).strftime("%Y-%m-%dT%H:%M")


@pytest.mark.parametrize("year", ["0001-01-01", "0202-11-26"])
def test_a_year_mistyped_is_told_at_its_field(agent_client: Client, year: str) -> None:
    """Neither kept nor an error of ours: nobody applies before there is an order (SOP 1.5)."""
    order = paid()
    do(agent_client, "request-refund", order, true="unwanted")
    url = reverse("match-application", args=[order.order_no, of(order).pk])
    good = {"number": "987654", "applied_at": _typed(timezone.now())}
    for name, label in (("applied_at", "申请时间"), ("deadline", "截止时间")):
        data = {"seen": Order.objects.get(pk=order.pk).version, "token": uuid.uuid4()} | good
        answer = agent_client.post(url, data | {name: f"{year}T00:00"})
        assert answer.status_code == 422
        assert f"{label}不会早于下单时间" in answer.content.decode()


# Evidence


def test_evidence_lies_outside_the_web_root_and_is_shown_to_who_may(
    agent_client: Client, files: Path, client: Client
) -> None:
    order = paid()
    do(
        agent_client,
        "request-refund",
        order,
        true="unwanted",
        evidence=[picture(), picture("../../x.png")],
    )
    rows = list(Evidence.objects.order_by("id"))
    assert [row.name for row in rows] == ["照片.png", "x.png"]
    assert all(row.path.parent == files / "refunds" for row in rows)
    url = reverse("evidence", args=[order.order_no, of(order).pk, rows[0].pk])
    answer: Any = agent_client.get(url)
    assert b"".join(answer.streaming_content).startswith(PNG[:8])
    assert (answer["X-Content-Type-Options"], answer["Content-Type"]) == ("nosniff", "image/png")
    client.force_login(UserFactory.create(role="warehouse"))
    assert client.get(url).status_code == 403
    client.force_login(UserFactory.create(role="agent", shop_codes=["other"]))
    assert client.get(url).status_code == 404


@pytest.mark.parametrize(
    ("file", "why"),
    [
        (picture(data=b"<svg onload=alert(1)>"), "只收 JPG"),
        (picture(data=b"MZ" + b"0" * 20), "只收 JPG"),
        (picture(data=PNG + b"0" * 5 * 1024 * 1024), "请压缩以后再传"),
    ],
)
def test_a_file_is_looked_at_by_content_and_size(
    agent_client: Client, files: Path, file: SimpleUploadedFile, why: str
) -> None:
    file.seek(0)
    answer = do(agent_client, "request-refund", paid(), true="unwanted", evidence=[file])
    assert answer.status_code == 422
    assert why in answer.content.decode()
    assert not (files / "refunds").exists()


def test_a_refused_act_leaves_no_file(agent_client: Client, files: Path) -> None:
    order = received()
    typed = {"kind": "partial", "amount": "999", "true": "damaged", "fault": "seller"}
    answer = do(agent_client, "request-refund", order, evidence=[picture()], **typed)
    assert answer.status_code == 409
    assert list((files / "refunds").iterdir()) == []


def test_more_evidence_is_added_while_it_is_open(agent_client: Client) -> None:
    order = paid()
    do(agent_client, "request-refund", order, true="unwanted")
    url = reverse("add-evidence", args=[order.order_no, of(order).pk])
    token = "8f0f8b1e-0000-4000-8000-000000000007"
    data = {"seen": 1, "token": token, "evidence": [picture()]}
    assert agent_client.post(url, data).status_code == 302
    assert of(order).evidence.count() == 1
