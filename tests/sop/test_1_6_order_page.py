"""The order's page answers what a customer asks, without scrolling (SOP 1.6.b, 1.6.c)."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import Page, expect

from core import sentences
from core.acts import TIMER, Actor, act
from core.sentences import defaults, placeholders, render, write
from orders.factories import BuyerFactory, OrderFactory, ShopFactory
from orders.models import Order
from orders.policy import HoldFact, OrderFacts
from orders.selectors.page import steps
from orders.services.hold import open_hold
from orders.services.note import note
from orders.situation import Situation, situation
from orders.words import HoldKind, OrderState, Terms
from staff.factories import UserFactory
from staff.models import User
from staff.roles import Role
from staff.services.reveal import reveal
from stock.factories import SkuFactory
from tests.acts.pages import show_personal
from tests.conftest import SignedIn
from warehouse.factories import parcel_at
from warehouse.words import ParcelState

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
BY = NOW + timedelta(hours=6)
S = OrderState


def told(order: OrderFacts, **parcel: object) -> str:
    """The key of what the customer is told now."""
    say = situation(order, now=NOW, **parcel).say  # type: ignore[arg-type]
    assert say is not None
    return say.key


def facts(state: OrderState = S.PAID, **values: object) -> OrderFacts:
    due = {"due": Decimal(159), "paid": Decimal(0 if state is S.UNPAID else 159)}
    return OrderFacts(state=state, **(due | values))  # type: ignore[arg-type]


# What to tell the customer


@pytest.mark.parametrize(
    ("order", "parcel", "key"),
    [
        (facts(S.UNPAID), {}, "now.unpaid"),
        (facts(S.UNPAID, paid=Decimal(100)), {}, "now.rest"),
        (facts(paid=Decimal(100)), {}, "now.rest"),
        (facts(), {"ship_by": BY}, "now.paid"),
        (facts(terms=Terms.COD, paid=Decimal(0)), {}, "now.paid.soon"),
        (facts(released=True), {"ship_by": BY}, "now.released"),
        (facts(S.PICKING, released=True), {"ship_by": BY}, "now.picking"),
        (facts(S.PACKED, released=True), {}, "now.packed.soon"),
        (facts(), {"ship_by": NOW - timedelta(hours=1)}, "now.late"),
        (facts(S.SHIPPED), {"carrier": "圆通速递", "waybill": "YT1"}, "now.shipped"),
        (facts(S.SHIPPED), {}, "now.shipped.no_waybill"),
        (facts(S.RECEIVED), {}, "now.received"),
        (facts(S.COMPLETED), {}, "now.completed"),
        (facts(S.CLOSED), {}, "now.closed"),
        (facts(S.SHIPPED, after_sale="退款中"), {"after_sale_open": True}, "now.after_sale"),
        (facts(is_top_up=True), {}, "now.top_up.paid"),
        (facts(S.UNPAID, is_top_up=True), {}, "now.top_up"),
        (facts(lines_unclear=True), {}, "now.review"),
    ],
)
def test_each_situation_has_its_sentence(
    order: OrderFacts, parcel: dict[str, object], key: str
) -> None:
    assert told(order, **parcel) == key


@pytest.mark.parametrize("kind", HoldKind)
def test_each_kind_of_hold_has_its_sentence(kind: HoldKind) -> None:
    hold = HoldFact(kind, reason="原因")
    order = facts(paid=Decimal(100), holds=(hold,))
    what = situation(order, now=NOW)
    assert told(order) == f"now.{kind.value}"
    assert (what.word, what.hold) == (kind.label, hold)


def test_after_sale_stands_behind_a_hold_and_before_a_late_promise() -> None:
    late = {"ship_by": NOW - timedelta(hours=1), "after_sale_open": True}
    assert told(facts(after_sale="退款中"), **late) == "now.after_sale"
    held = facts(after_sale="退款中", holds=(HoldFact(HoldKind.REFUND),))
    assert told(held, **late) == "now.refund"


@given(
    state=st.sampled_from(OrderState),
    released=st.booleans(),
    tied=st.booleans(),
    top_up=st.booleans(),
    paid=st.sampled_from([Decimal(0), Decimal(50), Decimal(159)]),
    holds=st.lists(st.sampled_from(HoldKind), max_size=2),
    ship_by=st.none() | st.just(BY) | st.just(NOW - timedelta(days=1)),
    waybill=st.sampled_from(["", "YT1"]),
)
def test_there_is_always_a_sentence_whose_words_are_all_filled(
    state: OrderState,
    released: bool,
    tied: bool,
    top_up: bool,
    paid: Decimal,
    holds: list[HoldKind],
    ship_by: datetime | None,
    waybill: str,
) -> None:
    held = tuple(HoldFact(kind) for kind in holds)
    order = facts(state, released=released, tied=tied, is_top_up=top_up, paid=paid, holds=held)
    what = situation(order, now=NOW, ship_by=ship_by, waybill=waybill)
    assert what.word
    assert what.say is not None
    default = defaults()[what.say.key]
    assert set(default.values) == placeholders(default.text) == set(what.say.values)
    assert all(what.say.values.values())


def test_an_open_case_is_what_matters_once_the_order_has_left() -> None:
    """Which kind, what it waits for, until when; before that it is mentioned beside."""
    matter = Situation("退货（等客户：客户寄回）", "C1，王芳在办。", "warn", "view_case", BY)
    left = situation(facts(S.RECEIVED), now=NOW, matter=matter)
    assert (left.headline, left.act, left.until) == (matter.headline, "view_case", BY)
    assert "订单：" in left.detail
    alone = situation(facts(), now=NOW, ship_by=BY)
    beside = situation(facts(), now=NOW, ship_by=BY, matter=matter)
    assert (beside.headline, beside.act) == (alone.headline, alone.act)
    assert beside.detail == f"{alone.detail}另有退货（等客户：客户寄回）。"


def test_on_delivery_no_step_says_paid() -> None:
    """SOP 5.g: neither to a colleague nor to the customer."""
    cod = Order(state="picking", terms="cod", ordered_at=NOW, released_at=NOW)
    assert [step.label for step in steps(cod)][:3] == ["未付款", "货到付款", "配货中"]
    assert steps(Order(state="paid", ordered_at=NOW, paid_at=NOW))[1].label == "已付款"


def test_a_telephone_in_a_note_is_masked_until_it_is_shown(
    agent_client: Client, agent: User, by: Actor
) -> None:
    """Screens 21: whoever wrote it, buyer, shop or colleague."""
    told = {"buyer_message": "打13800138001", "seller_memo": "打13800138002"}
    order = OrderFactory.create(**told)
    note(order, "打13800138003", by=by, now=NOW)
    page = agent_client.get(order.get_absolute_url()).content.decode()
    assert not re.search("1380013800[123]", page)
    show_personal(agent, order)
    page = agent_client.get(order.get_absolute_url()).content.decode()
    assert set(re.findall("1380013800[123]", page)) == {f"1380013800{n}" for n in (1, 2, 3)}


def test_a_promise_names_its_date(db: None) -> None:
    """Screens 40: the day and the hour, not only “soon”."""
    say = situation(facts(), now=NOW, ship_by=BY).say
    assert say is not None
    assert "最晚 11 月 25 日 18:00 前发货" in render(say)


def test_a_shop_says_it_in_its_own_words(agent_client: Client) -> None:
    order = OrderFactory.create(state="shipped", waybill="YT1", carrier="YTO")
    write("now.shipped", "发啦！{waybill}", scope=order.shop.code)
    assert "发啦！YT1" in page_of(agent_client, order)


# The page


def page_of(client: Client, order: Order) -> str:
    return client.get(order.get_absolute_url()).content.decode()


def test_the_order_page_stands_in_the_order_of_the_work(agent_client: Client) -> None:
    html = page_of(agent_client, OrderFactory.create())
    main = html[html.index('<main id="main"') :]
    marks = ['id="no"', 'class="steps"', 'aria-label="现在"', "可以做的事", 'aria-label="商品"']
    marks += [
        f'aria-label="{name}"' for name in ("收货", "包裹", "钱", "买家", "备注与关联", "时间线")
    ]
    places = [main.index(mark) for mark in marks]
    assert places == sorted(places)


def test_the_tab_says_which_order_and_what_is_the_matter(agent_client: Client, agent: User) -> None:
    order = OrderFactory.create(order_no="G2611230001", consignee="陈建生")
    open_hold_on(order, HoldKind.STOCK_OUT)
    assert "<title>G…0001 缺货 陈*生</title>" in page_of(agent_client, order)


def open_hold_on(order: Order, kind: HoldKind) -> None:
    with act("hold", order, by=TIMER) as (row, log):
        open_hold(row, kind, "A2031 缺 1 件", by=TIMER, now=log.act.at)


def test_our_own_number_is_said_once(agent_client: Client) -> None:
    shop = ShopFactory.create(code="tel", channel="telephone")
    own = OrderFactory.create(shop=shop, order_no="G2611230005", platform_no="G2611230005")
    assert "复制平台单号" not in page_of(agent_client, own)
    theirs = page_of(agent_client, OrderFactory.create())
    assert "复制平台单号" in theirs


def test_top_up_and_the_platforms_part_stand_with_the_money(agent_client: Client) -> None:
    order = OrderFactory.create(paid_by_platform="5.00", topped_up="30.00")
    html = page_of(agent_client, order)
    money = html[html.index('aria-label="钱"') :]
    assert re.search(r"平台承担<dd>5\.00", money)
    assert re.search(r"补差价<dd>30\.00", money)


def test_who_may_not_see_or_do_gets_no_dead_link(db: None) -> None:
    order = OrderFactory.create()
    open_hold_on(order, HoldKind.CUSTOMER)
    for role in ("purchasing", "warehouse", "finance"):
        client = Client()
        client.force_login(UserFactory.create(role=role))
        html = page_of(client, order)
        for href in set(re.findall(rf'href="({order.get_absolute_url()}/[^"]+)"', html)):
            assert client.get(href).status_code in (200, 302), (role, href)


def test_a_hold_is_lifted_from_where_it_is_told_and_says_who_may(db: None) -> None:
    order = OrderFactory.create()
    open_hold_on(order, HoldKind.GOODS)
    for role, may in (("aftersales", True), ("agent", False)):
        client = Client()
        client.force_login(UserFactory.create(role=role))
        html = page_of(client, order)
        panel = html[html.index('aria-label="现在"') : html.index("可以做的事")]
        assert "解除挂起" in panel
        assert ('aria-disabled="true"' in panel) == (not may)
        assert ("要由售后、采购或主管解除" in panel) == (not may)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("state", ["paid", "shipped"])
def test_what_a_customer_asks_is_answered_without_scrolling(
    page: Page, signed_in: SignedIn, state: str
) -> None:
    """Screens 41 and 1.6.b: posted or not, when, waybill, goods; situation, sentence and acts."""
    agent = UserFactory.create()
    shirt = SkuFactory.create(style_no="A2031", name="亚麻衬衫")
    order = OrderFactory.create(state=state, lines=[(shirt, 2)])
    if state == "shipped":
        Order.objects.filter(pk=order.pk).update(carrier="YTO", waybill="YT8962646785389")
    else:
        open_hold_on(order, HoldKind.STOCK_OUT)
    signed_in(page, agent).goto(order.get_absolute_url())
    parts = [page.locator(".situation .big"), page.locator(".sentence"), page.locator(".acts")]
    parts += [page.get_by_role("region", name=name) for name in ("商品", "包裹", "收货", "钱")]
    for part in parts:
        expect(part).to_be_visible()
        box = part.bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= 900, part
    parcel = page.get_by_role("region", name="包裹")
    expect(parcel).to_contain_text("已发货" if state == "shipped" else "未发货")
    expect(page.get_by_role("region", name="商品")).to_contain_text("A2031 亚麻衬衫")


# Where one starts, and where one strays (screens 32, 35)


def test_the_demos_sign_in_page_lists_who_can_sign_in(client: Client, db: None) -> None:
    UserFactory.create(username="agent", full_name="王芳")
    html = client.get("/sign-in").content.decode()
    assert "演示用户" in html
    assert "<td>agent<td>王芳" in html


def test_an_error_says_what_to_do_next(agent_client: Client) -> None:
    missing = agent_client.get("/orders/G0000000000")
    forbidden = agent_client.get("/people")
    assert (missing.status_code, forbidden.status_code) == (404, 403)
    assert "核对一下号码" in missing.content.decode()
    assert "请联系主管" in forbidden.content.decode()


@pytest.mark.django_db
def test_the_page_asks_twelve_times_at_most_whatever_hangs_on_the_order(
    client: Client, django_assert_max_num_queries: Any
) -> None:
    agent = UserFactory.create()
    order = OrderFactory.create(buyer=BuyerFactory.create(wangwang="清风"))
    by = Actor.person(agent)
    for number in range(30):
        note(order, f"备注 {number}", by=by, now=NOW + timedelta(minutes=number), for_shop=True)
    client.force_login(agent)
    sentences.forget()  # each process asks for them again every few seconds
    with django_assert_max_num_queries(12):
        page = client.get(order.get_absolute_url()).content.decode()
    assert "备注 29" in page
    assert "手工事项" in page


# What stands there of the buyer, and by which keys one works


@pytest.mark.django_db
def test_a_qq_under_which_an_order_was_registered_is_masked(client: Client) -> None:
    """A nickname says who it is to nobody; a QQ is a person's."""
    order = OrderFactory.create(buyer=None, buyer_account="309987210")
    user = UserFactory.create(role="agent")
    client.force_login(user)
    for url in (order.get_absolute_url(), "/orders"):
        page = client.get(url).content.decode()
        assert "30***10" in page
        assert "309987210" not in page
    reveal(user, "order", order.pk, reason="核对身份", now=timezone.now())
    assert "309987210" in client.get(order.get_absolute_url()).content.decode()


@pytest.mark.sqlite
@pytest.mark.django_db
@pytest.mark.parametrize("role", sorted(Role.values))
def test_no_order_page_has_a_key_twice(client: Client, role: str) -> None:
    client.force_login(UserFactory.create(role=role))
    for order in _orders_of_all_states():
        page = client.get(order.get_absolute_url()).content.decode()
        keys = re.findall(r'data-key="([^"]+)"', page)
        twice = {key for key in keys if keys.count(key) > 1}
        assert not twice, f"{order.state}, released {order.released_at}: {twice}"


def _orders_of_all_states() -> list[Order]:
    found = [OrderFactory.create(state=state.value) for state in S]
    found += [OrderFactory.create(released=True), OrderFactory.create(is_top_up=True, lines=[])]
    pickup = OrderFactory.create(state="packed", delivery="pickup")
    with act("weigh", pickup, by=TIMER, now=NOW):
        parcel_at(pickup, ParcelState.WEIGHED, NOW)
    held = OrderFactory.create()
    open_hold_on(held, HoldKind.CUSTOMER)
    return [*found, pickup, held]
