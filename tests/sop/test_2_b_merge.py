"""The same buyer's orders are sent in one parcel (SOP 2.b)."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from core.acts import Actor, act
from core.models import Act
from core.money import ZERO
from core.verdict import Refused
from orders.factories import BuyerFactory, OrderFactory
from orders.models import Contact, Order, Payment
from orders.policy import Contacted
from orders.selectors.order import timeline
from orders.selectors.parts import platform_numbers
from orders.selectors.payments import reversible
from orders.services.acting import order_act
from orders.services.hold import hold_order
from orders.services.merge import merge_orders, unmerge_orders
from orders.services.modify import modify_delivery
from orders.services.note import note
from orders.services.pay import Paid, mark_paid
from orders.services.release import release, take_back
from orders.services.settle import settle
from orders.services.split import Wish, split_order
from orders.services.top_up import tie_top_up
from orders.words import Delivery, Gateway, HoldKind
from stock.factories import SkuFactory
from warehouse.selectors.numbers import numbers_of

pytestmark = pytest.mark.django_db
NOW = timezone.now()
AGENT = Actor("person", "李雷")
MINUTES = iter(range(1, 10_000))


def later() -> datetime:
    """Each act a minute after the other."""
    return NOW + timedelta(minutes=next(MINUTES))


@pytest.fixture
def pair() -> tuple[Order, Order]:
    """Two orders of one buyer to one place."""
    return two()


def two(**values: Any) -> tuple[Order, Order]:
    same = {"buyer": BuyerFactory.create(), "mobile": "13800138000"} | values
    first = OrderFactory.create(lines=[(SkuFactory.create(price="100.00"), 1)], **same)
    freight = {"freight": Decimal("6.00")}
    second = OrderFactory.create(lines=[(SkuFactory.create(price="40.00"), 2)], **freight | same)
    return first, second


def merge(survivor: Order, *others: Order) -> None:
    merge_orders(survivor, others, by=AGENT, now=later())
    for order in (survivor, *others):
        order.refresh_from_db()


def undo(survivor: Order, *others: Order) -> None:
    unmerge_orders(survivor, by=AGENT, now=later())
    for order in (survivor, *others):
        order.refresh_from_db()


def test_goods_money_and_payments_move_and_the_other_is_closed(pair: tuple[Order, Order]) -> None:
    first, second = pair
    merge(first, second)
    assert [line.came_with_id for line in first.lines.all()] == [None, second.pk]
    assert (first.due, first.paid, first.freight) == (Decimal(186), Decimal(186), Decimal(6))
    assert (second.state, second.closed_why) == ("closed", f"已合并到 {first.order_no}")
    assert second.merged_into_id == first.pk
    assert (second.due, second.paid, second.lines.count()) == (ZERO, ZERO, 0)
    assert first.goods_count == 3


def test_the_review_does_not_propose_what_was_merged(pair: tuple[Order, Order]) -> None:
    first, second = pair
    modify_delivery(first, Delivery.EXPRESS, "SF", by=AGENT, now=later())
    assert first.hits.filter(state="open").exists()
    merge(first, second)
    assert not first.hits.filter(state="open").exists()


def test_each_payment_keeps_its_trade_and_the_number_it_came_with(
    pair: tuple[Order, Order],
) -> None:
    first, second = pair
    trades = {share.pk: share.trade_id for share in Payment.objects.all()}
    merge(first, second)
    shares = list(Payment.objects.order_by("pk"))
    assert {share.pk: share.trade_id for share in shares} == trades
    assert [share.order_id for share in shares] == [first.pk, first.pk]
    assert [share.came_with_id for share in shares] == [None, second.pk]


def test_the_platform_is_told_for_every_number_of_its_own_lines(pair: tuple[Order, Order]) -> None:
    first, second = pair
    merge(first, second)
    numbers = platform_numbers(first)
    assert [(n.platform_no, len(n.lines), n.whole) for n in numbers] == [
        (first.platform_no, 1, True),
        (second.platform_no, 1, True),
    ]
    told = [(number.platform_no, number.lines) for number in numbers_of(first)]
    assert told == [(first.platform_no, ""), (second.platform_no, "")]


def test_a_part_of_a_split_has_its_own_lines_of_the_number() -> None:
    order = OrderFactory.create(lines=[(SkuFactory.create(), 1), (SkuFactory.create(), 2)])
    with act("seed", order, by=AGENT, now=later()):
        for place, row in enumerate(order.lines.all()):
            row.platform_line_no = f"S{place}"
            row.save()
    assert [n.whole for n in platform_numbers(order)] == [True]
    line = order.lines.last()
    assert line is not None
    split_order(order, Wish({line.pk: 2}), by=AGENT, now=later())
    order.refresh_from_db()
    second = Order.objects.get(part=1)
    for each in (order, second):
        [number] = platform_numbers(each)
        assert (number.platform_no, number.part) == (order.platform_no, each.part)
        assert number.lines == list(each.lines.all())
        assert not number.whole
        [told] = numbers_of(each)
        assert told.lines == each.lines.get().platform_line_no


def test_the_earlier_promise_counts(pair: tuple[Order, Order]) -> None:
    first, second = two(ship_by=NOW + timedelta(days=2))
    Order.objects.filter(pk=second.pk).update(ship_by=NOW + timedelta(days=1))
    merge(first, second)
    assert first.ship_by == NOW + timedelta(days=1)


def test_open_holds_go_on_holding_the_one_that_is_left(pair: tuple[Order, Order]) -> None:
    first, second = pair
    hold_order(second, HoldKind.CUSTOMER, "考虑颜色", by=AGENT, now=NOW)
    hold_order(first, HoldKind.REVIEW, "看一眼", by=AGENT, now=NOW)
    hold_order(second, HoldKind.REVIEW, "也看一眼", by=AGENT, now=NOW)
    merge(first, second)
    assert sorted(h.kind for h in first.holds.filter(state="open")) == ["customer", "review"]
    assert not second.holds.filter(state="open").exists()
    undo(first, second)
    assert sorted(h.kind for h in second.holds.filter(state="open")) == ["customer", "review"]
    assert [h.kind for h in first.holds.filter(state="open")] == ["review"]


def test_both_show_it_in_their_timelines_and_links(pair: tuple[Order, Order]) -> None:
    first, second = pair
    versions = [order.version for order in pair]
    merge(first, second)
    for order in pair:
        assert timeline(order)[0].verb == "merge_orders"
    assert [order.version for order in pair] == [version + 1 for version in versions]
    assert first.links_out.get().other_id == second.pk


def test_a_tied_top_up_follows(pair: tuple[Order, Order]) -> None:
    first, second = pair
    top_up = OrderFactory.create(
        buyer=first.buyer,
        is_top_up=True,
        lines=[(SkuFactory.create(price="5.00", is_top_up=True), 1)],
    )
    with order_act("modify_products", second, by=AGENT, now=NOW) as (row, _):
        row.due += 5
        settle(row, "换了更贵的", by=AGENT, now=NOW)
    tie_top_up(second, top_up, by=AGENT, now=later())
    merge(first, second)
    top_up.refresh_from_db()
    assert (top_up.top_up_for_id, first.topped_up, second.topped_up) == (first.pk, 5, 0)
    undo(first, second)
    top_up.refresh_from_db()
    assert (top_up.top_up_for_id, first.topped_up, second.topped_up) == (second.pk, 0, 5)


def test_the_contact_is_kept_with_the_one_that_is_left(pair: tuple[Order, Order]) -> None:
    first, second = pair
    contact = Contacted("qq", frozenset(), "两单一起发")
    merge_orders(first, [second], by=AGENT, now=NOW, contact=contact)
    assert Contact.objects.get().order_id == first.pk


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"street": "莲花路1号"}, "详细地址不一样"),
        ({"mobile": "13900139000"}, "手机不一样"),
        ({"terms": "cod"}, "付款条件不一样"),
        ({"released": True}, "已下发仓库"),
        ({"state": "unpaid"}, "还没有付款"),
        ({"state": "shipped"}, "已发货"),
    ],
    ids=str,
)
def test_what_cannot_be_merged_says_why(values: dict[str, Any], why: str) -> None:
    buyer = BuyerFactory.create()
    first = OrderFactory.create(buyer=buyer, mobile="13800138000")
    second = OrderFactory.create(**{"buyer": buyer, "mobile": "13800138000"} | values)
    with pytest.raises(Refused) as refused:
        merge(first, second)
    assert why in refused.value.verdict.reason
    assert second.order_no in refused.value.verdict.reason


def test_another_buyers_is_refused_and_so_is_nothing(pair: tuple[Order, Order]) -> None:
    first, _ = pair
    stranger = OrderFactory.create(mobile="13800138000")
    with pytest.raises(Refused, match="同一位买家"):
        merge(first, stranger)
    with pytest.raises(Refused, match="还没有选"):
        merge(first)


def test_one_that_took_others_in_is_merged_into_no_other() -> None:
    first, second = two()
    third = OrderFactory.create(buyer=first.buyer, mobile=first.mobile)
    merge(second, third)
    with pytest.raises(Refused, match="已经合并过"):
        merge(first, second)
    merge(second, first)
    assert set(second.merged_from.all()) == {first, third}


# -- taking it back ------------------------------------------------------------------------------

NOT_TOUCHED = {
    *("version", "modified_at", "import_digests", "review_at", "review_by", "cool_from"),
}
COLUMNS = [
    f.attname
    for f in Order._meta.concrete_fields
    if f.attname
    not in ("version", "modified_at", "import_digests", "review_at", "review_by", "cool_from")
]


def picture(*orders: Order) -> list[Any]:
    """Everything that a merge touches."""
    found: list[Any] = []
    for order in orders:
        order.refresh_from_db()
        found.append({name: getattr(order, name) for name in COLUMNS})
        found.append(list(order.lines.values()))
        found.append(list(order.payments.values()))
        found.append(sorted(order.holds.filter(state="open").values_list("kind", "cause")))
        found.append(list(order.links_out.values_list("kind", "other")))
    return found


def test_a_merge_is_taken_back_exactly(pair: tuple[Order, Order]) -> None:
    first, second = pair
    hold_order(second, HoldKind.CUSTOMER, "考虑颜色", by=AGENT, now=NOW)
    before = picture(first, second)
    merge(first, second)
    undo(first, second)
    assert picture(first, second) == before


def test_the_last_merge_is_taken_back_first() -> None:
    first, second = two()
    third = OrderFactory.create(buyer=first.buyer, mobile=first.mobile)
    begin = picture(first, second, third)
    merge(first, second)
    middle = picture(first, second, third)
    merge(first, third)
    undo(first, second, third)
    assert picture(first, second, third) == middle
    undo(first, second, third)
    assert picture(first, second, third) == begin
    with pytest.raises(Refused, match="没有合并过"):
        undo(first)


def test_notes_holds_and_a_release_taken_back_do_not_stand_in_the_way(
    pair: tuple[Order, Order],
) -> None:
    first, second = pair
    merge(first, second)
    release(first, by=AGENT, now=later())
    with pytest.raises(Refused, match="已下发"):
        undo(first)
    take_back(first, by=AGENT, now=later())
    note(first, "一起发", by=AGENT, now=later())
    undo(first, second)
    assert second.state == "paid"


def test_after_anything_else_it_stays(pair: tuple[Order, Order]) -> None:
    first, second = pair
    merge(first, second)
    modify_delivery(first, Delivery.EXPRESS, "SF", by=AGENT, now=later())
    with pytest.raises(Refused, match="修改配送"):
        undo(first)
    assert second.merged_into_id == first.pk


def test_a_split_is_taken_back_by_a_merge() -> None:
    order = OrderFactory.create(
        lines=[(SkuFactory.create(price="33.33"), 3)], freight=Decimal("5.00")
    )
    before = picture(order)
    [line] = order.lines.all()
    split_order(order, Wish({line.pk: 1}), by=AGENT, now=later())
    second = Order.objects.get(part=1)
    merge(order, second)
    after = picture(order)
    for each in (before, after):
        each[0] = each[0] | {"parted": False, "before_hand": {}}
    assert after[:4] == before[:4]
    assert second.state == "closed"
    with pytest.raises(Refused, match="自己拆出去"):
        undo(order)


def test_the_part_goes_back_into_the_first_not_the_other_way() -> None:
    order = OrderFactory.create(lines=[(SkuFactory.create(), 2)])
    [line] = order.lines.all()
    split_order(order, Wish({line.pk: 1}), by=AGENT, now=later())
    second = Order.objects.get(part=1)
    order.refresh_from_db()
    with pytest.raises(Refused, match=f"从 {order.order_no} 拆出来"):
        merge(second, order)


# -- what was merged goes on where it is ---------------------------------------------------------


def test_nothing_is_paid_reopened_or_modified_on_the_merged_one(pair: tuple[Order, Order]) -> None:
    first, second = pair
    merge(first, second)
    paid = Paid("T-late", Decimal("5.00"), Gateway.BANK)
    with pytest.raises(Refused, match=first.order_no):
        mark_paid(second, paid, by=AGENT, now=later())
    with pytest.raises(Refused):
        modify_delivery(second, Delivery.EXPRESS, "SF", by=AGENT, now=later())


def test_a_share_that_moved_is_still_the_one_that_finance_can_reverse() -> None:
    sku = SkuFactory.create(price="50.00")
    order = OrderFactory.create(state="unpaid", lines=[(sku, 2)])
    mark_paid(order, Paid("B-1", Decimal("100.00"), Gateway.BANK), by=AGENT, now=later())
    order.refresh_from_db()
    [line] = order.lines.all()
    split_order(order, Wish({line.pk: 1}), by=AGENT, now=later())
    second = Order.objects.get(part=1)
    assert [share.amount for share in reversible(second)] == [Decimal("50.00")]


def test_all_is_one_act(pair: tuple[Order, Order]) -> None:
    first, second = pair
    merge(first, second)
    done = Act.objects.get(verb="merge_orders", part_of=None)
    assert done.order_no == first.order_no
    with act("note", first, by=AGENT, now=later()) as (row, _):
        assert row.due == Decimal(186)
