"""SOP 6.b: the customer looks the progress up, by a signed link and without a sign-in."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.signing import TimestampSigner
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect

from aftersales.services.ending import withdraw_case
from aftersales.services.questions import open_question
from aftersales.words import CaseKind, CaseState
from config.logs import masked
from core import sentences
from core.acts import Actor, act
from core.sentences import render, write
from core.verdict import Say
from core.workdays import CHINA
from orders.factories import OrderFactory, ShopFactory
from orders.links import VALID, order_of, progress_url
from orders.models import Order
from orders.services.hold import open_hold
from orders.services.news import delivered, received, shipped
from orders.services.note import note
from orders.words import HoldKind
from portal.policy import case_said, without_names
from refunds.models import Refund
from refunds.models.refund import TIMERS
from refunds.words import Fault
from stock.factories import SkuFactory
from tests.aftersales import asking
from tests.aftersales.asking import newest
from tests.browser.axe import findings
from tests.conftest import NewPage
from tests.refunds.asking import WED, ask, wanted
from warehouse.models import Tracking, TrackingEvent

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 25, 12, 0, tzinfo=CHINA)
NAME, MOBILE, STREET = "欧阳麒麟瑞", "17712345678", "凤凰栖梧路88号"
SITE = "https://gendan.test"


def link(order: Order) -> str:
    return progress_url(order.pk).removeprefix(SITE)


def shown(order: Order) -> str:
    """The page as somebody sees it who never signed in."""
    answer = Client().get(link(order))
    assert answer.status_code == 200
    html: str = answer.content.decode()
    return html


def told(order: Order) -> str:
    """Its text, without the tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", shown(order)))


def sent(**values: Any) -> Order:
    about = {"state": "shipped", "carrier": "YTO", "waybill": "YT8962646785389"} | values
    order: Order = OrderFactory.create(consignee=NAME, mobile=MOBILE, street=STREET, **about)
    return order


def on_its_way(order: Order, *texts: str) -> Tracking:
    now = timezone.now()
    row = Tracking.objects.create(
        order=order, waybill=order.waybill, stage="moving", made_at=now, last_at=now
    )
    for number, text in enumerate(texts):
        at = now - timedelta(hours=number)
        TrackingEvent.objects.create(tracking=row, at=at, text=text, source="kuaidi100")
    return row


# What stands on it


def test_a_paid_order_says_what_comes_next_and_by_when() -> None:
    shop = ShopFactory.create(name="棉麻生活馆")
    order = OrderFactory.create(shop=shop, ship_by=timezone.now() + timedelta(hours=20))
    by = timezone.localtime(order.ship_by)
    text = told(order)
    assert "棉麻生活馆" in text
    assert order.platform_no in text
    assert f"最晚 {by.month} 月 {by.day} 日 {by:%H:%M} 前发货" in text
    assert f"承诺发货：最晚 {by.month} 月 {by.day} 日 {by:%H:%M}" in text
    assert order.lines.get().title in text


def test_each_reached_step_has_its_time() -> None:
    order = sent()
    html = shown(order)
    trail = html[html.index('class="trail"') :]
    trail = trail[: trail.index("</ol>")]
    assert re.findall(r"<span>(\S+)</span>", trail) == [
        *("已下单", "已付款", "配货中", "已打包", "已发货", "已签收", "已完成")
    ]
    assert 'aria-current="step"><span>已发货</span>' in trail
    assert order.shipped_at is not None
    assert order.shipped_at.isoformat() in trail


def test_a_shipped_order_shows_carrier_waybill_and_its_way_newest_first() -> None:
    order = sent()
    on_its_way(order, "已到达杭州转运中心", "已揽收")
    text = told(order)
    assert "圆通" in text
    assert "YT8962646785389" in text
    assert text.index("已到达杭州转运中心") < text.index("已揽收")
    assert "承诺发货" not in text


def test_a_stock_out_says_when_it_arrives_as_far_as_the_sentence_names_it(by: Actor) -> None:
    """The hold's reason is ours; what the customer is told is the sentence for its kind."""
    order = OrderFactory.create(ship_by=timezone.now() + timedelta(hours=20))
    with act("hold", order, by=by, now=timezone.now()) as (row, _):
        open_hold(row, HoldKind.STOCK_OUT, "供应商跑路了", by=by, now=timezone.now())
    text = told(order)
    assert "暂时缺货" in text
    assert "供应商跑路" not in text
    assert "承诺发货" not in text, "nothing is promised that is held"


@pytest.mark.parametrize("kind", HoldKind)
def test_of_a_hold_nothing_internal_is_said(kind: HoldKind, by: Actor) -> None:
    order = OrderFactory.create()
    with act("hold", order, by=by, now=timezone.now()) as (row, _):
        open_hold(row, kind, "疑似职业打假", by=by, now=timezone.now())
    note(order, "黑名单客户，别给优惠", by=by, now=timezone.now())
    text = told(order)
    assert "打假" not in text
    assert "黑名单" not in text
    assert "SOP" not in text


def test_a_refund_says_how_much_and_by_when(by: Actor) -> None:
    refund = ask(asking.received(), by, wanted(fault=Fault.SELLER))
    with time_machine.travel(WED, tick=False):
        text = told(refund.order)
    due = timezone.localtime(refund.promised_by)
    assert f"退款 {refund.amount} 元已经提交，1–2 个工作日，原路退回" in text
    assert f"最晚 {due.month}月{due.day}日 {due:%H:%M}" in text


@pytest.mark.parametrize(
    ("state", "said"), [("succeeded", "已经退款"), ("rejected", "没有通过"), ("withdrawn", "")]
)
def test_a_refund_that_ended_says_how(by: Actor, state: str, said: str) -> None:
    refund = ask(asking.received(), by, wanted(fault=Fault.SELLER))
    over = {"ended_at": WED, "ended_why": "库房查无破损"} | dict.fromkeys(TIMERS)
    Refund.objects.filter(pk=refund.pk).update(state=state, **over)
    with time_machine.travel(WED, tick=False):
        text = told(refund.order)
    assert ("退款" in text) == bool(said)
    assert said in text
    assert "查无破损" not in text


def test_an_after_sale_says_how_it_stands(by: Actor) -> None:
    order = asking.received()
    case = asking.opened(order, by)
    with time_machine.travel(WED, tick=False):
        assert "您的退货在等您：请看看客服发给您的消息。" in told(order)
    withdraw_case(case, "买家又要了", by=by, now=WED)
    with time_machine.travel(WED, tick=False):
        assert "您的退货已经结束了。" in told(order)


def test_a_complaint_says_until_when_and_not_how_we_judge_it(by: Actor) -> None:
    order = asking.received()
    open_question(order, CaseKind.COMPLAINT, "难缠，先拖着", "late", by=by, now=WED)
    with time_machine.travel(WED, tick=False):
        text = told(order)
    assert "您反馈的问题正在处理，最晚 11 月 26 日 18:00 给您答复。" in text
    assert "难缠" not in text
    assert newest().number not in text
    with time_machine.travel(WED + timedelta(days=3), tick=False):
        assert "正在加紧处理" in told(order)


@pytest.mark.parametrize("kind", CaseKind)
@pytest.mark.parametrize("state", CaseState)
def test_every_kind_and_state_of_a_case_has_its_sentence(kind: CaseKind, state: CaseState) -> None:
    said = case_said(kind, state, "11 月 26 日 18:00", late=False)
    assert re.fullmatch(r"您.+[。]", said)
    assert "{" not in said


def test_a_closed_order_says_so() -> None:
    text = told(OrderFactory.create(state="closed"))
    assert "已经关闭了" in text
    assert "已关闭" in text


# What does not


def test_nothing_personal_stands_on_the_page() -> None:
    order = sent(buyer_message=f"请交给{NAME}", seller_memo="老赖", telephone="0755-83901234")
    on_its_way(
        order,
        f"已签收，签收人：{NAME}",
        f"【快递员：张师傅，电话：13912345678】正在派送至{STREET}",
        "签收人：本人",
    )
    html = shown(order)
    for secret in (
        NAME,
        MOBILE,
        STREET,
        "0755-83901234",
        "13912345678",
        "张师傅",
        "老赖",
        "请交给",
    ):
        assert secret not in html, secret
    assert order.order_no not in html, "our own number is no business of the customer's"
    assert "签收人：本人" in html


@pytest.mark.parametrize(
    ("line", "plain"),
    [
        ("签收人:王小明", "签收人:***"),
        ("派件员【李四】派送中", "派件员【***】派送中"),
        ("快递员正在派送", "快递员正在派送"),
        ("已签收，签收人：家人", "已签收，签收人：家人"),
        ("已由陈建生签收", "已由***签收"),
    ],
)
def test_a_carriers_line_loses_its_names(line: str, plain: str) -> None:
    assert without_names(line, ["陈建生", ""]) == plain


def test_another_order_of_the_same_buyer_is_not_named() -> None:
    order = sent()
    other = OrderFactory.create(buyer=order.buyer)
    html = shown(order)
    assert other.platform_no not in html
    assert other.order_no not in html


def test_who_is_signed_in_sees_the_same_page(agent_client: Client) -> None:
    order = sent()
    html = agent_client.get(link(order)).content.decode()
    assert "王芳" not in html
    assert "<nav" not in html


# The link


def wrong_links(order: Order) -> list[str]:
    good = link(order).rpartition("/")[2]
    other = good.replace(f"{order.pk}.", f"{order.pk + 1}.", 1)
    return [good[:-1], good + "x", other, "x", "1", f"{order.pk}.", good.upper(), "%00", "。"]


def test_a_link_that_was_altered_opens_nothing_and_says_what_to_do() -> None:
    order = sent()
    OrderFactory.create()
    for wrong in wrong_links(order):
        answer = Client().get(f"/o/{wrong}")
        assert answer.status_code == 404, wrong
        html = answer.content.decode()
        assert "这个链接打不开了" in html
        assert "请在下单的地方联系店铺客服" in html
        assert order.platform_no not in html
        assert answer["Cache-Control"] == "no-store, private"
        assert Client().post(f"/o/{wrong}").status_code == 404, wrong


def test_a_link_ends_by_itself() -> None:
    order = sent()
    with time_machine.travel(NOON, tick=False):
        old = progress_url(order.pk)
    signed = old.rpartition("/")[2]
    with time_machine.travel(NOON + VALID - timedelta(minutes=1), tick=False):
        assert order_of(signed) == order.pk
    with time_machine.travel(NOON + VALID + timedelta(minutes=1), tick=False):
        assert order_of(signed) is None
        assert Client().get(f"/o/{signed}").status_code == 404


def test_a_link_of_another_installation_opens_nothing(settings: Any) -> None:
    order = sent()
    theirs = link(order)
    settings.SECRET_KEY = "other-" + "1" * 50
    assert Client().get(theirs).status_code == 404


def test_no_other_signature_of_ours_opens_an_order() -> None:
    order = sent()
    forged = TimestampSigner(sep=".").sign(str(order.pk))
    assert Client().get(f"/o/{forged}").status_code == 404


def test_nobody_keeps_the_page_and_no_search_engine_finds_it() -> None:
    answer = Client().get(link(sent()))
    assert answer["Cache-Control"] == "no-store, private"
    assert "noindex" in answer["X-Robots-Tag"]
    assert "script-src 'self'" in answer["Content-Security-Policy"]
    assert "<script" not in answer.content.decode(), "it needs none"


def test_the_link_stands_in_no_log(caplog: Any) -> None:
    caplog.set_level(logging.DEBUG)
    order = sent()
    signed = link(order)
    Client().get(signed)
    Client(enforce_csrf_checks=True).post(signed)
    said = masked(caplog.text)
    assert signed.rpartition("/")[2] not in said
    assert masked(f"Forbidden: {SITE}{signed} and so on") == f"Forbidden: {SITE}/o/… and so on"


def test_the_page_asks_a_fixed_number_of_times(
    django_assert_max_num_queries: Callable[..., Any], by: Actor
) -> None:
    skus = [SkuFactory.create() for _ in range(6)]
    order = asking.received(state="shipped", received_at=None, lines=[(sku, 1) for sku in skus])
    Order.objects.filter(pk=order.pk).update(waybill="YT1", carrier="YTO")
    order.refresh_from_db()
    on_its_way(order, *(f"到了第 {number} 站" for number in range(40)))
    for _ in range(3):
        open_question(order, CaseKind.COMPLAINT, "慢", "late", by=by, now=WED)
    sentences.forget()
    with django_assert_max_num_queries(9):
        text = told(order)
    assert "到了第 39 站" in text


# How the customer gets it


def test_the_sentences_that_customers_are_sent_bring_the_link() -> None:
    order, now = sent(), timezone.now()
    for news in (received(order, now), shipped(order, now), delivered(order, now)[1]):
        text = render(news.say)
        found = re.search(rf"{SITE}(/o/\S+)", text)
        assert found, text
        assert Client().get(found[1]).status_code == 200


def test_a_sentence_that_the_owner_reworded_without_a_link_still_serves() -> None:
    write("told.shipped", "亲，{order_no} 发出了。", scope="tb1")
    order = sent()
    assert render(shipped(order, NOON).say, "tb1") == f"亲，{order.platform_no} 发出了。"


def test_what_was_to_be_told_before_there_were_links_is_told_without_one() -> None:
    assert render(Say("told.feedback", {"order_no": "1"})).startswith("亲，您的订单 1 用得还满意吗")


def test_an_agent_copies_the_link_on_the_order_page(agent_client: Client) -> None:
    order = sent()
    html = agent_client.get(order.get_absolute_url()).content.decode()
    found = re.search(rf'data-copy="{SITE}(/o/[^"]+)">复制进度链接', html)
    assert found
    assert order.platform_no in Client().get(found[1]).content.decode()


# On a telephone


@pytest.mark.django_db(transaction=True)
@pytest.mark.sqlite
@pytest.mark.parametrize("scripts", [True, False])
def test_on_a_telephone_the_customer_reads_and_answers(new_page: NewPage, scripts: bool) -> None:
    """390 px, and without scripts, too: nothing scrolls sideways, axe finds nothing."""
    order = sent(state="received")
    on_its_way(order, "已签收，签收人：本人", "已到达杭州转运中心，下一站深圳福田香蜜湖营业部")
    page: Page = new_page(
        viewport={"width": 390, "height": 844}, has_touch=True, java_script_enabled=scripts
    )
    page.goto(link(order))
    if scripts:
        assert not findings(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        page.emulate_media(color_scheme="dark")
        dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
        page.emulate_media(color_scheme="light")
        assert dark != page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.get_by_label("完好", exact=True).check()
    page.get_by_label("4 星 · 满意").check()
    page.get_by_label("还想说的话（可以不填）").fill("包装很用心")
    page.get_by_role("button", name="提交评价").click()
    expect(page.get_by_text("谢谢您的评价，欢迎您再来！")).to_be_visible()
    expect(page.get_by_text("包装很用心")).to_be_visible()
    expect(page.get_by_role("button", name="提交评价")).to_have_count(0)
    page.reload()
    expect(page.get_by_text("4 星")).to_be_visible()
    if scripts:
        assert not findings(page)
