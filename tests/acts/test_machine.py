"""No sequence of acts reaches a state that is not allowed, loses money, or goes unrecorded."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from core.acts import TIMER, Actor, act
from core.models import Act, ActOutcome
from core.money import ZERO
from core.verdict import Refused
from orders.factories import OrderFactory
from orders.models import Order, Trade
from orders.policy import Contacted
from orders.services.close import close_order, reopen_order
from orders.services.hold import hold_order, lift_hold
from orders.services.intercept import ask_stop, withdraw_stop
from orders.services.modify import modify_delivery, modify_receiving
from orders.services.note import note
from orders.services.pay import Paid, mark_paid, reverse_payment
from orders.services.products import Wanted, modify_products
from orders.services.release import release, take_back
from orders.services.top_up import tie_top_up, untie_top_up
from orders.words import Delivery, Gateway, HoldKind, IdentityKey
from staff.factories import UserFactory
from stock.factories import SkuFactory

NOW = timezone.now()
IDENTIFIED = Contacted("qq", frozenset({IdentityKey.MOBILE, IdentityKey.ORDER_NO}))
# From → to, as the SOP and the architecture allow them for people's acts and the warehouse.
ALLOWED = {
    *(("unpaid", "paid"), ("paid", "unpaid"), ("unpaid", "closed"), ("closed", "unpaid")),
    *(("paid", "closed"), ("closed", "paid")),  # cash on delivery, on account
    *(("paid", "picking"), ("picking", "packed"), ("packed", "shipped")),
    *(("picking", "paid"), ("packed", "paid"), ("shipped", "paid")),  # recalled
}


class Acts(RuleBasedStateMachine):
    """An order with a top-up of its buyer beside it; acts in any order."""

    @initialize(
        state=st.sampled_from(["unpaid", "paid"]), terms=st.sampled_from(["prepaid", "cod"])
    )
    def begin(self, state: str, terms: str) -> None:
        state = "paid" if terms == "cod" else state
        self.by = Actor.person(UserFactory.create(role="owner"))
        self.skus = [SkuFactory.create(price=p) for p in ("100.00", "130.00", "70.00")]
        self.order = OrderFactory.create(
            state=state, terms=terms, lines=[(self.skus[0], 2)], freight=Decimal("8.00")
        )
        self.top_up = OrderFactory.create(
            buyer=self.order.buyer,
            lines=[(SkuFactory.create(price="30.00", is_top_up=True), 1)],
            is_top_up=True,
        )
        self.at, self.number = NOW, 0
        self.look()

    def look(self) -> None:
        self.order = Order.objects.get(pk=self.order.pk)
        self.before = (self.order.state, self.order.version)

    def do(self, perform: Callable[..., Any], *args: Any, **more: Any) -> None:
        """One act, refused or done; each leaves exactly one row, and history under its id."""
        self.at += timedelta(minutes=1)
        known = set(Act.objects.values_list("pk", flat=True))
        state, version = self.before
        with suppress(Refused):
            perform(self.order, *args, by=self.by, now=self.at, **more)
        new = Act.objects.exclude(pk__in=known).filter(part_of=None)
        assert new.count() == 1
        self.look()
        after = self.before
        assert after[0] == state or (state, after[0]) in ALLOWED
        assert after[1] - version in (0, 1)
        row = new.get()
        if row.outcome == ActOutcome.REFUSED:
            assert after == (state, version)
            assert row.clause
            assert row.reason
        elif after[1] > version:
            assert self.order.history.filter(history_change_reason=row.pk, version=after[1])

    @rule(street=st.sampled_from(["莲花路1号", "莲花路2号"]))
    def address(self, street: str) -> None:
        self.do(modify_receiving, replace(self.order.receiving, street=street), contact=IDENTIFIED)

    @rule(carrier=st.sampled_from(["SF", "YTO"]))
    def delivery(self, carrier: str) -> None:
        self.do(modify_delivery, Delivery.EXPRESS, carrier)

    @rule(which=st.integers(0, 2), quantity=st.integers(0, 3))
    def swap(self, which: int, quantity: int) -> None:
        line = self.order.lines.get()
        self.do(modify_products, [Wanted(line.pk, self.skus[which], quantity)])

    @rule()
    def close(self) -> None:
        self.do(close_order, "买家不想要了", contact=IDENTIFIED)

    @rule()
    def reopen(self) -> None:
        self.do(reopen_order)

    @rule(kind=st.sampled_from([HoldKind.CUSTOMER, HoldKind.REVIEW]))
    def hold(self, kind: HoldKind) -> None:
        self.do(hold_order, kind, "等一等")

    @rule()
    def lift(self) -> None:
        hold = self.order.holds.filter(state="open").first()
        if hold:
            self.do(lift_hold, hold, "好了", role="owner")

    @rule()
    def send(self) -> None:
        self.do(release)

    @rule()
    def fetch_back(self) -> None:
        self.do(take_back)

    @rule()
    def stop(self) -> None:
        self.do(ask_stop, "改地址")

    @rule()
    def go_on(self) -> None:
        hold = self.order.holds.filter(state="open", stop="asked").first()
        if hold:
            self.do(withdraw_stop, hold, "不改了")

    @rule(amount=st.sampled_from(["8.00", "30.00", "208.00"]))
    def pay(self, amount: str) -> None:
        self.number += 1
        self.do(
            mark_paid, Paid(f"{self.order.order_no}-{self.number}", Decimal(amount), Gateway.BANK)
        )

    @rule()
    def reverse(self) -> None:
        payment = self.order.payments.filter(reversed=False).last()
        if payment:
            self.do(reverse_payment, payment, "退票")

    @rule()
    def tie(self) -> None:
        self.do(tie_top_up, self.top_up)

    @rule()
    def untie(self) -> None:
        self.do(untie_top_up, self.top_up, "错了")

    @rule()
    def write(self) -> None:
        self.do(note, "备注")

    @rule(step=st.sampled_from(["begin", "pack", "ship", "recall"]))
    def warehouse(self, step: str) -> None:
        """The warehouse begins what was released, and may ship only what no hold bars."""
        held = self.order.holds.filter(state="open").exists()
        if self.order.released_at is None or (held and step != "recall"):
            return
        if step == "ship" and self.order.state != "packed":
            return

        def perform(order: Order, *, by: Actor, now: Any) -> None:
            with act("seed", order, by=TIMER, now=now) as (row, log):
                getattr(row, step)(*([now] if step == "ship" else []))
                log.changed([])

        self.do(perform)

    @invariant()
    def the_money_adds_up(self) -> None:
        order = self.order
        live = order.payments.filter(reversed=False)
        assert order.paid == sum((payment.amount for payment in live), ZERO)
        assert order.topped_up == sum((each.total_paid for each in order.top_ups.all()), ZERO)
        lines = sum((line.amount for line in order.lines.all()), ZERO)
        assert order.due == lines + order.freight
        assert min(order.due, order.paid, order.owed_back, order.topped_up) >= ZERO
        for trade in Trade.objects.filter(payments__order=order):
            shares = trade.payments.filter(reversed=False)
            assert sum((share.amount for share in shares), ZERO) <= trade.paid

    @invariant()
    def what_is_owed_is_waited_for_or_given_back(self) -> None:
        order = self.order
        rest = order.due - order.total_paid
        waiting = order.holds.filter(kind="top_up", state="open")
        assert waiting.count() <= 1
        if order.state in ("paid", "unpaid"):
            assert order.owed_back == max(-rest, ZERO)
        if order.state == "paid" and order.terms == "prepaid" and rest > ZERO:
            assert order.released_at is None
        for hold in waiting:
            assert hold.amount == rest > ZERO

    @invariant()
    def nothing_held_is_with_the_warehouse_before_it_began(self) -> None:
        order = self.order
        held = order.holds.filter(state="open").exists()
        if order.state in ("unpaid", "closed"):
            assert order.released_at is None
        if order.state == "paid" and order.released_at is not None:
            assert not held


@pytest.mark.django_db
def test_no_sequence_of_acts_reaches_what_must_not_be() -> None:
    run_state_machine_as_test(
        Acts, settings=settings(max_examples=25, stateful_step_count=20, deadline=None)
    )
