"""No sequence of splits, merges, swaps and undoing makes or loses goods or money (SOP 2.b)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db.models import QuerySet
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from core.acts import Actor
from core.money import ZERO
from core.verdict import Refused
from orders import parting
from orders.factories import BuyerFactory, OrderFactory
from orders.models import Order, OrderLine, Payment, Trade
from orders.parting import Goods, Money
from orders.services.hold import hold_order
from orders.services.merge import merge_orders, unmerge_orders
from orders.services.pay import Paid, mark_paid
from orders.services.products import Wanted, modify_products
from orders.services.release import release, take_back
from orders.services.sharing import reserved_of
from orders.services.split import Wish, split_order
from orders.words import Gateway, HoldKind
from stock.factories import SkuFactory

NOW = timezone.now()
AGENT = Actor("person", "李雷")
WHICH = st.integers(0, 4)


def total(rows: list[Any], name: str) -> Decimal:
    return sum((getattr(row, name) for row in rows), ZERO)


class Parting(RuleBasedStateMachine):
    """Three orders of one buyer to one place; the same acts in any order."""

    @initialize(
        platform=st.sampled_from(["0.00", "7.77"]),
        freight=st.sampled_from(["0.00", "8.00"]),
        terms=st.sampled_from(["prepaid", "prepaid", "cod"]),
    )
    def begin(self, platform: str, freight: str, terms: str) -> None:
        self.buyer = buyer = BuyerFactory.create()
        self.skus = [SkuFactory.create(price=p) for p in ("100.00", "33.33", "0.01")]
        for number in range(3):
            lines = [(self.skus[number], 3), (self.skus[(number + 1) % 3], 1)]
            due = sum((sku.price * n for sku, n in lines), Decimal(freight))
            theirs = min(Decimal(platform), due) if terms == "prepaid" else ZERO
            OrderFactory.create(
                buyer=buyer,
                mobile="13800138000",
                lines=lines,
                freight=Decimal(freight),
                terms=terms,
                paid_by_platform=theirs,
                paid=due - theirs if terms == "prepaid" else ZERO,
            )
        self.at, self.paid = NOW, 0
        self.trades = self.sums()["trades"]

    def orders(self) -> QuerySet[Order]:
        """This example's own: the database keeps those of the one before."""
        return Order.objects.filter(buyer=self.buyer)

    def sums(self) -> dict[str, Any]:
        """What must stay the same."""
        orders = list(self.orders())
        lines = list(OrderLine.objects.filter(order__buyer=self.buyer))
        names = ("due", "paid", "paid_by_platform", "goods_total", "freight", "topped_up")
        pieces, reserved = Counter[int](), Counter[int]()
        for line in lines:
            pieces[line.sku_id or 0] += line.quantity
            reserved[line.sku_id or 0] += reserved_of(line)
        trades = Counter[int]()
        for share in Payment.objects.filter(reversed=False, order__buyer=self.buyer):
            trades[share.trade_id] += int(share.amount * 100)
        return {
            **{name: total(orders, name) for name in names},
            "lines": total(lines, "amount"),
            "pieces": pieces,
            "reserved": reserved,
            "trades": trades,
        }

    def do(self, perform: Callable[..., Any], *args: Any, keeps: bool = True, **more: Any) -> None:
        self.at += timedelta(minutes=1)
        before = self.sums()
        with suppress(Refused):
            perform(*args, by=AGENT, now=self.at, **more)
        if keeps:
            assert self.sums() == before

    def pick(self, which: int) -> Order:
        orders = list(self.orders().order_by("pk"))
        return orders[which % len(orders)]

    @rule(
        which=WHICH, pieces=st.lists(st.integers(0, 3), min_size=8, max_size=8), more=st.booleans()
    )
    def split(self, which: int, pieces: list[int], more: bool) -> None:
        order = self.pick(which)
        lines = [line.pk for line in order.lines.all()]
        self.do(split_order, order, Wish(dict(zip(lines, pieces, strict=False)), freight=more))

    @rule(which=WHICH, others=st.sets(WHICH, min_size=1, max_size=2))
    def merge(self, which: int, others: set[int]) -> None:
        rows = {order.pk: order for order in map(self.pick, others)}
        self.do(merge_orders, self.pick(which), list(rows.values()))

    @rule(which=WHICH)
    def unmerge(self, which: int) -> None:
        self.do(unmerge_orders, self.pick(which))

    @rule(which=WHICH, line=WHICH, to=st.integers(0, 2), quantity=st.integers(1, 3))
    def swap(self, which: int, line: int, to: int, quantity: int) -> None:
        order = self.pick(which)
        lines = list(order.lines.all())
        if lines:
            wanted = [Wanted(lines[line % len(lines)].pk, self.skus[to], quantity)]
            self.do(modify_products, order, wanted, keeps=False)

    @rule(which=WHICH)
    def pay(self, which: int) -> None:
        order, self.paid = self.pick(which), self.paid + 1
        rest = max(order.due - order.total_paid, Decimal("1.00"))
        self.do(mark_paid, order, Paid(f"B{self.paid}", rest, Gateway.BANK), keeps=False)

    @rule(which=WHICH)
    def hold(self, which: int) -> None:
        self.do(hold_order, self.pick(which), HoldKind.CUSTOMER, "考虑")

    @rule(which=WHICH)
    def send_and_fetch(self, which: int) -> None:
        for each in (release, take_back):
            self.do(each, self.pick(which))

    @invariant()
    def each_order_adds_up(self) -> None:
        for order in self.orders().prefetch_related("lines", "payments"):
            lines = list(order.lines.all())
            shares = [share for share in order.payments.all() if not share.reversed]
            assert order.due == total(lines, "amount") + order.freight
            assert order.goods_total == total(lines, "amount")
            assert order.paid == total(shares, "amount")
            assert order.goods_count == sum(line.quantity for line in lines)
            assert order.refund_reserved <= order.paid
            assert min(getattr(order, name) for name in parting.AMOUNTS) >= ZERO
            assert (order.merged_into_id is not None) <= (order.state == "closed" and not lines)

    @invariant()
    def no_trade_loses_a_cent(self) -> None:
        mine = Trade.objects.filter(payments__order__buyer=self.buyer).distinct()
        for trade in mine.prefetch_related("payments"):
            assert total(list(trade.payments.all()), "amount") == trade.paid


@pytest.mark.django_db
def test_no_sequence_of_splits_merges_and_swaps_loses_anything() -> None:
    run_state_machine_as_test(
        Parting, settings=settings(max_examples=12, stateful_step_count=12, deadline=None)
    )


amounts = st.decimals(0, 9999, places=2)


@st.composite
def whole(draw: st.DrawFn) -> tuple[list[Goods], dict[int, int], Money]:
    """Lines with a wish, and money as an import may bring it: it need not add up to the lines."""
    lines, wish = [], {}
    for number in range(draw(st.integers(1, 4))):
        quantity = draw(st.integers(1, 5))
        reserved = draw(st.integers(0, quantity))
        lines.append(Goods(number, "", quantity, draw(amounts), draw(amounts), reserved))
        wish[number] = draw(st.integers(0, 6))
    goods, freight, theirs = draw(amounts), draw(amounts), draw(amounts)
    due = goods + freight
    theirs = min(theirs, due)
    return lines, wish, Money(goods, freight, ZERO, ZERO, due, due - theirs, theirs)


@given(st.integers(2, 50).flatmap(lambda n: st.tuples(st.just(n), st.integers(1, n - 1))))
def test_what_is_missing_leaves_the_rest_complete(line: tuple[int, int]) -> None:
    """SOP 1.3.d: what is in stock ships first, whatever the numbers; half of it is here, too."""
    ordered, here = line
    goods = Goods(1, "", ordered, ZERO, reserved=here)
    (missing,) = parting.cut([goods], {1: ordered - here})
    assert (missing.kept, missing.kept_reserved, missing.reserved) == (here, here, 0)


@given(st.integers(2, 50).flatmap(lambda n: st.tuples(st.just(n), st.integers(1, n - 1))))
def test_what_is_here_can_be_split_off_too(line: tuple[int, int]) -> None:
    """Exactly what is here goes: the second order is complete; of two equal parts the first is."""
    ordered, here = line
    (part,) = parting.cut([Goods(1, "", ordered, ZERO, reserved=here)], {1: here})
    complete = part.kept_reserved == part.kept if here * 2 == ordered else part.reserved == here
    assert complete


@settings(max_examples=200, deadline=None)
@given(whole(), st.booleans(), st.booleans())
def test_a_split_shares_to_the_cent(
    order: tuple[list[Goods], dict[int, int], Money], freight: bool, prepaid: bool
) -> None:
    lines, wish, money = order
    cuts = parting.cut(lines, wish)
    gone = parting.goes(money, cuts, freight=freight, prepaid=prepaid)
    stays = money.less(gone)
    assert stays.plus(gone) == money
    for side in (gone, stays):
        assert min(side.due, side.paid, side.paid_by_platform, side.freight) >= ZERO
        if prepaid:
            assert side.due == side.paid + side.paid_by_platform
    for each in cuts:
        assert 0 <= each.reserved <= each.moved
        assert 0 <= each.kept_reserved <= each.kept
        assert each.amount + each.kept_amount == each.goods.amount
