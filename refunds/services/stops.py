"""What the warehouse answered to a refund that asked for its parcel (SOP 1.2.b, 1.5.c).

The rooms stand side by side: the answer lies on the hold, and a sweep reads it.
"""

from __future__ import annotations

from datetime import datetime

from django.db.models import Exists, OuterRef

from core.acts import TIMER, Change, Log, lock
from core.sweeping import BATCH
from core.verdict import Say
from orders.models import Hold, Order
from orders.services.acting import order_act
from orders.words import HoldKind, HoldState, Stop
from refunds.models import Refund
from refunds.services.finish import close_refunded
from refunds.services.holding import hold_the_rest, let_go
from refunds.services.telling import tell_asker
from refunds.words import RefundState

R = RefundState
TOO_LATE = "来不及拦，货已经发出：先定是谁的责任"


def hear_stops(now: datetime, limit: int = BATCH) -> int:
    """Bring in what was answered since; each once, whoever sweeps. Says how many there were."""
    waiting = Hold.objects.filter(
        order=OuterRef("order"),
        kind=HoldKind.REFUND.value,
        cause=OuterRef("number"),
        state=HoldState.OPEN.value,
        stop=Stop.ASKED.value,
    )
    asked = Refund.objects.filter(~Exists(waiting), stop=Stop.ASKED.value)
    rows = list(asked.select_related("order").order_by("id")[:limit])
    for row in rows:
        _hear(row, now)
    return len(rows)


def _answers(rows: list[Refund]) -> dict[str, Stop]:
    """By refund: what its hold says; one that somebody lifted asks no more."""
    holds = Hold.objects.filter(
        order__in=[row.order_id for row in rows], kind=HoldKind.REFUND.value
    )
    said = {hold.cause: Stop(hold.stop) for hold in holds.order_by("id")}
    return {row.number: said.get(row.number, Stop.NONE) for row in rows}


def _hear(refund: Refund, now: datetime) -> None:
    with order_act("hear_stop", refund.order, by=TIMER, now=now) as (order, log):
        row = lock(refund)
        stop = _answers([row])[row.number]
        log.noted(f"退款 {row.number}：{stop.label}", clause="1.2.b")
        if row.stop != Stop.ASKED or stop is Stop.ASKED:
            return
        row.stop = stop.value
        changes = [Change(f"退款 {row.number} 的拦截", Stop.ASKED.label, stop.label)]
        if stop is Stop.TOO_LATE and row.state in (R.WAITING, R.TO_APPLY, R.REVIEW):
            before = row.get_state_display()
            row.give_back(TOO_LATE)
            changes.append(Change(f"退款 {row.number}", before, row.get_state_display()))
            log.tell(Say("refund.too_late"))
            tell_asker(row, order, f"{order.order_no} {TOO_LATE}，再送审。", "too-late")
        log.changed(changes, order, row)
        _close_late(order, row, stop, log, now)


def _close_late(order: Order, row: Refund, stop: Stop, log: Log, now: datetime) -> None:
    """The platform had paid it back before the parcel was stopped."""
    if row.state == R.SUCCEEDED and stop is Stop.STOPPED:
        let_go(order, row.number, "已退款", now)
        if not close_refunded(order, row, log, now):
            hold_the_rest(order, row, now)
