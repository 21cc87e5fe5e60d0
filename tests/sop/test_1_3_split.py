"""Several goods, some of them in stock: the order is split (SOP 1.3.b, 1.3.c, 1.3.d)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from core.acts import Actor, Conflict, act
from core.models import Act
from core.money import ZERO
from core.verdict import Refused
from orders.factories import OrderFactory
from orders.models import Contact, Hold, Order, Payment, Trade
from orders.policy import Contacted
from orders.selectors.order import timeline
from orders.services.hold import hold_order, open_hold
from orders.services.note import note
from orders.services.release import release
from orders.services.sharing import SECOND
from orders.services.split import Wish, plan, split_order
from orders.words import HoldKind, IdentityKey
from stock.factories import SkuFactory

pytestmark = pytest.mark.django_db
NOW = timezone.now()
AGENT = Actor("person", "李雷")


@pytest.fixture
def order() -> Order:
    """A shirt at 100 and three belts at 33.34, less 10, with 8 of freight."""
    shirt, belt = SkuFactory.create(price="100.00"), SkuFactory.create(price="33.34")
    return OrderFactory.create(
        lines=[(shirt, 1), (belt, 3)], freight=Decimal("8.00"), discount=Decimal("10.00")
    )


@contextmanager
def opening(order: Order) -> Iterator[Order]:
    """An act in which a hold is opened."""
    with act("hold", order, by=AGENT, now=NOW) as (row, _):
        yield row


def split(order: Order, *pieces: int, **more: Any) -> Order:
    """Split so many pieces of each line off; the second order."""
    lines = [line.pk for line in order.lines.all()]
    wish = Wish(dict(zip(lines, pieces, strict=True)), **more)
    split_order(order, wish, by=AGENT, now=NOW)
    order.refresh_from_db()
    return Order.objects.get(platform_no=order.platform_no, part=1)


def test_the_second_part_has_its_own_number_and_the_platforms(order: Order) -> None:
    second = split(order, 0, 3)
    assert second.order_no != order.order_no
    assert (second.platform_no, second.part, order.part) == (order.platform_no, 1, 0)
    assert (second.state, second.released_at) == ("paid", None)
    assert (second.ship_by, second.paid_at) == (order.ship_by, order.paid_at)
    assert second.receiving == order.receiving
    assert [line.quantity for line in order.lines.all()] == [1]
    assert [line.quantity for line in second.lines.all()] == [3]
    assert (order.goods_count, second.goods_count) == (1, 3)


def test_amounts_are_spread_to_the_cent_and_freight_stays(order: Order) -> None:
    before = order.due
    second = split(order, 0, 2)
    assert order.due + second.due == before == order.paid + second.paid
    assert (order.freight, second.freight) == (Decimal("8.00"), ZERO)
    for each in (order, second):
        lines = sum((line.amount for line in each.lines.all()), ZERO)
        assert lines == each.goods_total
        assert each.due == lines + each.freight == each.paid
    assert order.shop_discount + second.shop_discount == Decimal("10.00")


def test_the_freight_goes_when_it_is_said(order: Order) -> None:
    second = split(order, 0, 2, freight=True)
    assert (order.freight, second.freight) == (ZERO, Decimal("8.00"))


def test_the_payment_is_a_share_of_the_same_trade(order: Order) -> None:
    trade = Trade.objects.get()
    second = split(order, 0, 3)
    shares = {share.order_id: share for share in Payment.objects.all()}
    assert {share.trade_id for share in shares.values()} == {trade.pk}
    assert sum((share.amount for share in shares.values()), ZERO) == trade.paid
    assert shares[second.pk].amount == second.paid
    assert shares[second.pk].came_with_id == order.pk


def test_the_platforms_part_goes_in_proportion_to_what_is_due() -> None:
    sku = SkuFactory.create(price="50.00")
    order = OrderFactory.create(
        lines=[(sku, 4)], paid=Decimal("170.00"), paid_by_platform=Decimal("30.00")
    )
    second = split(order, 1)
    assert (second.due, second.paid_by_platform, second.paid) == (
        Decimal("50.00"),
        Decimal("7.50"),
        Decimal("42.50"),
    )
    assert order.unpaid_rest == second.unpaid_rest == ZERO


def test_what_was_paid_too_much_stays_with_the_first() -> None:
    order = OrderFactory.create(lines=[(SkuFactory.create(price="50.00"), 2)], paid="120.00")
    second = split(order, 1)
    assert (order.paid, second.paid) == (Decimal("70.00"), Decimal("50.00"))


def test_cash_on_delivery_is_split_without_a_payment() -> None:
    order = OrderFactory.create(lines=[(SkuFactory.create(price="50.00"), 2)], terms="cod")
    second = split(order, 1)
    assert (second.terms, second.due, second.paid) == ("cod", Decimal("50.00"), ZERO)


def test_a_lines_stock_out_goes_with_the_missing_pieces(order: Order) -> None:
    belt = order.lines.last()
    assert belt is not None
    with opening(order) as row:
        open_hold(row, HoldKind.STOCK_OUT, "缺 3 条", by=AGENT, now=NOW, cause=str(belt.pk))
    second = split(order, 0, 3)
    assert not order.holds.filter(state="open").exists()
    hold = second.holds.get(state="open")
    assert (hold.kind, hold.cause) == ("stock_out", str(second.lines.get().pk))
    release(order, by=AGENT, now=NOW)
    with pytest.raises(Refused):
        release(second, by=AGENT, now=NOW)


def test_the_customer_considers_one_part_and_the_other_goes_on(order: Order) -> None:
    second = split(order, 1, 0, hold=HoldKind.CUSTOMER, why="衬衫的颜色明天再定")
    assert second.holds.get(state="open").kind == "customer"
    release(order, by=AGENT, now=NOW)


@pytest.mark.parametrize("waits", ["first", "second", "both"])
def test_a_person_says_which_of_the_two_waits_on(order: Order, waits: str) -> None:
    hold_order(order, HoldKind.CUSTOMER, "考虑一下", by=AGENT, now=NOW)
    second = split(order, 0, 1, waits=waits)
    held = [each.holds.filter(state="open").exists() for each in (order, second)]
    assert held == [waits != "second", waits != "first"]


def test_a_doubt_in_review_holds_both(order: Order) -> None:
    hold_order(order, HoldKind.REVIEW, "地址核对一下", by=AGENT, now=NOW)
    second = split(order, 0, 1, waits=SECOND)
    assert Hold.objects.filter(state="open", order__in=[order, second]).count() == 2


def test_both_name_each_other_and_keep_what_was_noted(order: Order) -> None:
    note(order, "买家要礼盒", by=AGENT, now=NOW - timedelta(hours=1))
    second = split(order, 0, 1, why="先发有货的")
    link = order.links_out.get()
    assert (link.kind, link.other_id) == ("split", second.pk)
    assert "先发有货的" in link.text
    assert (link.label_on(order), link.label_on(second)) == ("拆出", "拆自")
    assert [note.text for note in second.notes.all()] == ["买家要礼盒"]


def test_each_has_it_in_its_timeline_with_history(order: Order) -> None:
    version = order.version
    second = split(order, 0, 1)
    for each in (order, second):
        last = timeline(each)[0]
        assert last.verb == "split_order"
        assert last.clause == "1.3.d"
    assert order.version == version + 1
    reason = Act.objects.get(verb="split_order", part_of=None).pk
    assert second.history.filter(history_change_reason=reason).exists()
    assert second.lines.get().history.first().history_change_reason == reason


def test_the_contact_is_kept(order: Order) -> None:
    line = order.lines.last()
    assert line is not None
    contact = Contacted("telephone", frozenset({IdentityKey.MOBILE}), "先发有货的")
    split_order(order, Wish({line.pk: 1}), by=AGENT, now=NOW, contact=contact)
    assert Contact.objects.get().said == "先发有货的"


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"state": "unpaid"}, "还没有付款"),
        ({"state": "shipped"}, "已发货"),
        ({"state": "closed"}, "已关闭"),
        ({"released": True}, "已下发仓库"),
        ({"state": "picking"}, "已下发仓库"),
        ({"is_top_up": True}, "补差价订单不发货"),
        ({"lines_unclear": "多件"}, "还没有确认"),
        ({"paid": "100.00"}, "没付"),
    ],
    ids=str,
)
def test_what_cannot_be_split_says_why(values: dict[str, Any], why: str) -> None:
    order = OrderFactory.create(lines=[(SkuFactory.create(price="80.00"), 2)], **values)
    with pytest.raises(Refused) as refused:
        split(order, 1)
    assert why in refused.value.verdict.reason
    assert Order.objects.count() == 1


@pytest.mark.parametrize(("kind", "why"), [(HoldKind.REFUND, "有退款"), (HoldKind.INTERCEPT, "")])
def test_an_open_refund_bars_it(order: Order, kind: HoldKind, why: str) -> None:
    with opening(order) as row:
        hold = open_hold(row, kind, "买家要退款", by=AGENT, now=NOW)
        hold.stop = "asked"
        hold.save()
    with pytest.raises(Refused) as refused:
        split(order, 0, 1)
    assert why in refused.value.verdict.reason


def test_one_piece_cannot_be_split_nor_all_or_none_go(order: Order) -> None:
    for pieces in ((0, 0), (1, 3)):
        with pytest.raises(Refused):
            split(order, *pieces)
    with pytest.raises(Refused, match="只有一件"):
        split(OrderFactory.create(), 1)


def test_the_preview_is_what_is_done(order: Order) -> None:
    line = order.lines.last()
    assert line is not None
    shown = plan(order, Wish({line.pk: 2}))
    second = split(order, 0, 2)
    assert (shown.goes.due, shown.stays.due) == (second.due, order.due)
    assert (shown.goes.paid, shown.stays.paid) == (second.paid, order.paid)


def test_a_part_can_be_split_again(order: Order) -> None:
    split(order, 0, 2)
    line = order.lines.last()
    assert line is not None
    split_order(order, Wish({line.pk: 1}), by=AGENT, now=NOW)
    parts = Order.objects.filter(platform_no=order.platform_no).values_list("part", flat=True)
    assert sorted(parts) == [0, 1, 2]


def test_who_saw_an_older_version_is_told(order: Order) -> None:
    seen, line = order.version, order.lines.last()
    assert line is not None
    split_order(order, Wish({line.pk: 1}), by=AGENT, now=NOW, seen=seen)
    with pytest.raises(Conflict):
        split_order(order, Wish({line.pk: 1}), by=AGENT, now=NOW, seen=seen)
