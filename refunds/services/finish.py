"""The money is back: the order is closed and its goods freed, or the rest goes on (SOP 1.5)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.db.models import Sum

from core.acts import Change, Log
from core.money import ZERO
from orders.models import Order
from orders.services.news import refunded
from orders.services.stocking import free_goods
from orders.services.telling import tell_buyers
from orders.words import OrderState, Stop
from refunds.amounts import EXCESS
from refunds.models import Refund
from refunds.services.holding import hold_the_rest, let_go
from refunds.words import RefundState


def succeeded(order: Order, refund: Refund, log: Log, *, now: datetime, why: str = "") -> None:
    """Inside a running act that locked order and refund: it went back, to the paying account.

    All that was paid for what has not left: the order is closed and its stock freed. The buyer is
    told where the shop wants it. What the warehouse still has to stop stays held.
    """
    before = refund.get_state_display()
    refund.succeed(now, why)
    log.changed(
        [Change(f"退款 {refund.number}", before, refund.get_state_display())], order, refund
    )
    _settle_difference(order, refund)
    if refund.stop != Stop.ASKED:
        let_go(order, refund.number, "已退款", now)
        if not close_refunded(order, refund, log, now):
            hold_the_rest(order, refund, now)
    tell_buyers([refunded(order, refund.amount, now)], now)


def _settle_difference(order: Order, refund: Refund) -> None:
    """What was owed back of it is owed no more (SOP 1.1.f); all back, nothing is."""
    excess = refund.lines.filter(what=EXCESS).aggregate(sum=Sum("amount"))["sum"] or ZERO
    back = min(excess, order.owed_back)
    order.owed_back -= back
    order.given_back += back
    if _back(order, refund) >= order.paid:
        order.owed_back = ZERO


def close_refunded(order: Order, refund: Refund, log: Log, now: datetime) -> bool:
    """Close an order that does not leave and of which nothing paid is left; says whether."""
    leaves = order.state != OrderState.PAID or refund.stop == Stop.TOO_LATE
    if leaves or _back(order, refund) < order.paid:
        return False
    order.close(now, "已全额退款")
    free_goods(order, "已全额退款", now)
    log.changed([Change("状态", OrderState.PAID.label, OrderState.CLOSED.label)], order)
    return True


def _back(order: Order, refund: Refund) -> Decimal:
    """What went back of the order, this one among it, yuan."""
    rows = Refund.objects.filter(order=order, state=RefundState.SUCCEEDED.value)
    others: Decimal = rows.exclude(pk=refund.pk).aggregate(sum=Sum("amount"))["sum"] or ZERO
    total: Decimal = others + refund.amount
    return total
