"""A refund's hold on its order, and what it reserves of the money; inside a running act."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from core.acts import Actor, lock
from orders import stopping
from orders.models import Hold, Order, Trade
from orders.services.hold import end_holds, open_hold
from orders.services.intercept import ask_stop
from orders.words import HoldKind, HoldState, Stop
from refunds import policy
from refunds.models import Refund


def hold_for(order: Order, number: str, reason: str, *, by: Actor, now: datetime) -> Stop:
    """Hold what has not left; what was released is asked back of the warehouse (SOP 1.2.b, 3.a).

    Says what the warehouse was asked. `number` is the refund's: the hold's cause.
    """
    facts = order.facts()
    if not policy.unshipped(facts):
        return Stop.NONE
    text = f"退款 {number}：{reason}"
    if stopping.asked(facts):  # one parcel, one answer
        open_hold(order, HoldKind.REFUND, text, by=by, now=now, cause=number, stop=Stop.ASKED)
        return Stop.ASKED
    if facts.released or stopping.begun(facts):
        ask_stop(order, text, by=by, now=now, kind=HoldKind.REFUND, cause=number)
        return Stop(hold_of(order, number).stop)
    open_hold(order, HoldKind.REFUND, text, by=by, now=now, cause=number)
    return Stop.NONE


def hold_of(order: Order, number: str) -> Hold:
    return Hold.objects.get(
        order=order, kind=HoldKind.REFUND, cause=number, state=HoldState.OPEN.value
    )


def let_go(order: Order, number: str, why: str, now: datetime) -> bool:
    """End the refund's hold; says whether there was one."""
    return end_holds(order, HoldKind.REFUND, why, now, number) > 0


def reserve(order: Order, trade: Trade, amount: Decimal) -> None:
    """So much of order and trade is on its way back; the database keeps it within what was paid."""
    order.refund_reserved += amount
    lock(trade).refund_reserved += amount


def release(order: Order, refund: Refund) -> None:
    """It does not go back after all; what the warehouse was asked nobody waits for any more."""
    if refund.stop == Stop.ASKED:
        refund.stop = Stop.NONE.value
    order.refund_reserved -= refund.amount
    lock(refund.trade).refund_reserved -= refund.amount
