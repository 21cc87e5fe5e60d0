"""A refund's hold on its order, and what it reserves of the money; inside a running act."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.db.models import Sum

from core.acts import TIMER, Actor, lock
from core.money import ZERO
from orders import stopping
from orders.models import Hold, Order, Trade
from orders.services.hold import end_holds, open_hold
from orders.services.intercept import ask_stop
from orders.words import HoldKind, HoldState, Stop
from refunds import policy
from refunds.models import Refund
from refunds.words import RefundState

PART_BACK = "part-back"  # the cause of a hold of what was given back in part


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


def hold_the_rest(order: Order, refund: Refund, now: datetime) -> None:
    """The last of its refunds ended, and not all went back: a person says what is sent (SOP 2.b).

    Inside the act that ended this one; what cannot be stopped any more is not held.
    """
    facts = order.facts()
    waits = any(hold.kind is HoldKind.REFUND for hold in facts.holds)
    if waits or refund.stop == Stop.TOO_LATE or not policy.unshipped(facts):
        return
    back = _went_back(order, refund)
    if back:
        text = f"{back:.2f} 元已经退给买家，其余没有退：和买家核对，还发什么，再解除挂起。"
        open_hold(order, HoldKind.REVIEW, text, by=TIMER, now=now, cause=PART_BACK)


def _went_back(order: Order, refund: Refund) -> Decimal:
    """What went back of its goods, this refund as it stands now among it; yuan."""
    kinds, done = [kind.value for kind in policy.OF_GOODS], RefundState.SUCCEEDED
    rows = Refund.objects.filter(order=order, kind__in=kinds, state=done.value)
    others: Decimal = rows.exclude(pk=refund.pk).aggregate(sum=Sum("amount"))["sum"] or ZERO
    mine = refund.state == done and refund.kind in policy.OF_GOODS
    return others + refund.amount if mine else others


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
