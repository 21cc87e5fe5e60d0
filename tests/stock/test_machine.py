"""Whatever is paid, closed, swapped, received and shipped: stock, ledger and orders agree."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from core.acts import TIMER
from core.verdict import Refused
from orders.factories import OrderFactory
from orders.models import Order, OrderLine
from orders.selectors.stock_check import differences
from orders.services.close import close_order, reopen_order
from orders.services.pay import reverse_payment
from orders.services.serving import serve_marked
from stock.factories import SkuFactory
from stock.models import Sku, StockLevel
from tests.stock.orders import IDENTIFIED, at, come, fresh, pay, ship, swap, unpaid

ORDERS, SKUS = st.integers(0, 3), st.integers(0, 1)


class Shelf(RuleBasedStateMachine):
    """Two SKUs with few pieces, four orders that want them."""

    @initialize()
    def open(self) -> None:
        self.minute = 0
        self.skus: list[Sku] = [SkuFactory.create(on_hand=3), SkuFactory.create(on_hand=1)]
        first, second = self.skus
        wanted = [[(first, 2)], [(first, 2), (second, 1)], [(second, 1)]]
        self.orders = [unpaid(*lines) for lines in wanted]
        self.orders.append(OrderFactory.create(lines=[(first, 1)], terms="cod"))

    def now(self) -> datetime:
        self.minute += 1
        return at(self.minute)

    def order(self, number: int) -> Order:
        return fresh(self.orders[number])

    @rule(number=ORDERS)
    def pays(self, number: int) -> None:
        self.now()
        with suppress(Refused):
            pay(self.order(number), self.minute)

    @rule(number=ORDERS)
    def payment_taken_back(self, number: int) -> None:
        order = self.order(number)
        payment = order.payments.filter(reversed=False).first()
        if payment is not None:
            with suppress(Refused):
                reverse_payment(order, payment, "没到账", by=TIMER, now=self.now())

    @rule(number=ORDERS)
    def closes(self, number: int) -> None:
        with suppress(Refused):
            close_order(self.order(number), "不要了", by=TIMER, now=self.now(), contact=IDENTIFIED)

    @rule(number=ORDERS)
    def reopens(self, number: int) -> None:
        with suppress(Refused):
            reopen_order(self.order(number), by=TIMER, now=self.now())

    @rule(number=ORDERS, to=SKUS, quantity=st.integers(1, 3), same=st.booleans())
    def swaps(self, number: int, to: int, quantity: int, same: bool) -> None:
        self.now()
        with suppress(Refused):
            swap(self.order(number), None if same else self.skus[to], quantity, self.minute)

    @rule(which=SKUS, pieces=st.integers(1, 3))
    def come_in(self, which: int, pieces: int) -> None:
        self.now()
        come(self.skus[which], pieces, self.minute)

    @rule(number=ORDERS)
    def ships(self, number: int) -> None:
        order = self.order(number)
        if order.state == "paid" and not order.facts().holds:
            self.now()
            ship(order, self.minute)

    @rule()
    def sweeps(self) -> None:
        serve_marked(self.now())
        for level in StockLevel.objects.all():
            waits = OrderLine.objects.filter(sku=level.pk, short_since__isnull=False)
            assert not level.available or not waits.exists()

    @invariant()
    def agrees(self) -> None:
        assert list(differences()) == []

    @invariant()
    def what_waits_is_held_and_what_is_whole_is_not(self) -> None:
        for line in OrderLine.objects.filter(order__state="paid"):
            held = line.order.holds.filter(
                kind="stock_out", cause=str(line.pk), state="open"
            ).exists()
            assert held == (line.reserved < line.quantity)


@pytest.mark.django_db
def test_any_sequence_keeps_stock_ledger_and_orders_in_agreement() -> None:
    run_state_machine_as_test(
        Shelf, settings=settings(max_examples=12, stateful_step_count=20, deadline=None)
    )
