"""Register a payment by hand (trade number, amount, who), and reverse it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import IntegrityError, transaction

from core.acts import Actor, Change
from core.models import Act
from core.money import ZERO
from core.verdict import no
from orders import policy
from orders.models import Order, Payment, Trade
from orders.selectors.payments import reversible
from orders.services.acting import order_act
from orders.services.hold import end_holds
from orders.services.late import take_late
from orders.services.settle import settle
from orders.services.stocking import reserve_goods
from orders.services.timers import start_timers
from orders.words import Gateway, HoldKind, OrderState


@dataclass(frozen=True, slots=True)
class Paid:
    """What came in: yuan, by which gateway, under which number."""

    number: str
    amount: Decimal
    gateway: Gateway
    account: str = ""


def mark_paid(
    order: Order,
    paid: Paid,
    *,
    by: Actor,
    now: datetime,
    seen: int | None = None,
    token: uuid.UUID | None = None,
) -> Act:
    """Register a payment; the order goes on when all that is due is paid (SOP 5.g).

    What exceeds it is owed back; a top-up that was waited for ends its hold. One that was closed
    unpaid is reopened, or all is owed back (SOP 2.a). Raises Refused (also for a trade number that
    is already registered), Conflict, Repeated.
    """
    with order_act("mark_paid", order, by=by, seen=seen, token=token, now=now) as (order, log):
        policy.may_mark_paid(order.facts()).require()
        before, state = order.paid, order.get_state_display()
        take_payment(order, paid, now)
        late = take_late(order, by=by, now=now) if order.state == OrderState.CLOSED else ""
        if order.state != OrderState.CLOSED:
            settle(order, "已登记付款", by=by, now=now)
        if (
            order.paid_at is None
            and order.state != OrderState.CLOSED
            and order.facts([]).unpaid_rest == ZERO
        ):
            order.paid_at = now
        reserve_goods(order, now)
        changes = [Change("实付", str(before), str(order.paid))]
        if order.get_state_display() != state:
            changes.append(Change("状态", state, order.get_state_display()))
        log.changed(changes)
        log.noted(f"登记付款 {paid.amount} 元（{paid.gateway.label}）", clause="5.g", reason=late)
    return log.act


def take_payment(order: Order, paid: Paid, at: datetime) -> Payment:
    """Write trade and payment and add it up on the order, inside a running act.

    Raises Refused when the number is registered; one that was reversed may come again.
    """
    trade = _reversed_trade(paid, at) or _new_trade(paid, at)
    order.paid += paid.amount
    return Payment.objects.create(order=order, trade=trade, amount=paid.amount, at=at)


def _reversed_trade(paid: Paid, at: datetime) -> Trade | None:
    """The trade under this number when all its payments were reversed, made ready again."""
    same = Trade.objects.filter(number=paid.number, gateway=paid.gateway)
    trade = same.select_for_update().first()
    if trade is None:
        return None
    if trade.payments.filter(reversed=False).exists() or trade.refund_reserved:
        _registered(paid)
    trade.paid, trade.account, trade.paid_at = paid.amount, paid.account, at
    trade.save()
    return trade


def _new_trade(paid: Paid, at: datetime) -> Trade:
    try:
        with transaction.atomic():
            return Trade.objects.create(
                number=paid.number,
                gateway=paid.gateway,
                account=paid.account,
                paid=paid.amount,
                paid_at=at,
            )
    except IntegrityError:  # somebody registers it on another order at this moment
        _registered(paid)
        raise


def _registered(paid: Paid) -> None:
    no(
        "5.g",
        f"交易号 {paid.number} 已经登记过了。",
        instead="核对交易号；同一笔款不能登记两次。",
    ).require()


def reverse_payment(
    order: Order,
    payment: Payment,
    why: str,
    *,
    by: Actor,
    now: datetime,
    seen: int | None = None,
    token: uuid.UUID | None = None,
) -> Act:
    """Finance takes a payment back that was wrong or never arrived (screens: mark paid ↔ reversed).

    Nothing paid any more: the order is unpaid again; a part missing: it waits for a top-up.
    Raises Refused, Conflict, Repeated.
    """
    with order_act("reverse_payment", order, by=by, seen=seen, token=token, now=now) as (
        order,
        log,
    ):
        facts = order.facts()
        policy.may_reverse_payment(facts).require()
        payment = order.payments.select_related("trade").get(pk=payment.pk)
        if payment.reversed:
            no("5.g", "这笔收款已经冲正过了。").require()
        known = payment.pk in {row.pk for row in reversible(order)}
        policy.may_reverse_payment(facts, by_hand=known).require()
        reserved = max(order.refund_reserved, payment.trade.refund_reserved)
        policy.may_reverse_amount(facts, payment.amount, reserved).require()
        before, state = order.paid, order.get_state_display()
        payment.reversed = True
        payment.save()
        order.paid -= payment.amount
        _go_back(order, by, now)
        reserve_goods(order, now)
        changes = [Change("实付", str(before), str(order.paid))]
        if order.get_state_display() != state:
            changes.append(Change("状态", state, order.get_state_display()))
        log.changed(changes)
        log.noted(f"冲正付款 {payment.amount} 元", clause="5.g", reason=why)
    return log.act


def _go_back(order: Order, by: Actor, now: datetime) -> None:
    """What the missing money means: unpaid again, taken back from the warehouse, or a top-up."""
    if order.state == OrderState.PAID and order.facts([]).needs_payment and not order.total_paid:
        order.released_at, order.owed_back = None, ZERO
        order.unpay()
        end_holds(order, HoldKind.TOP_UP, "付款已冲正，回到未付款", now)
        start_timers(order, now)
    elif order.state == OrderState.PAID:
        settle(order, "付款已冲正", by=by, now=now)
    else:
        order.owed_back = max(order.total_paid - order.due, ZERO)
        start_timers(order, now)
