"""How a gateway's bill and our books are compared, as pure functions (SOP 6.d).

A day is a day in Shanghai. What we wrote within `EDGE` of midnight may stand in the neighbour's
bill: it is judged when both days are here.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from core.verdict import Verdict, no, yes
from core.workdays import CHINA
from refunds.words import DifferenceKind, DifferenceState, RefundState, There

K, R = DifferenceKind, RefundState
EDGE = timedelta(minutes=15)
# On their way: a bill may list them a moment before we hear of it.
ON_THE_WAY = (R.SENDING, R.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Ours:
    """What we know under a row's number: yuan. A payment has no state.

    `by_transfer`: finance paid it by the bank, so the gateway should not have.
    """

    amount: Decimal
    state: RefundState | None = None
    by_transfer: bool = False


def judge(amount: Decimal, there: There, ours: Ours | None) -> DifferenceKind | None:
    """How a row of the bill differs from what we know; None: it matches."""
    if ours is None:
        return None if there is There.FAILED else K.MISSING_HERE
    if ours.state is None:
        return None if amount == ours.amount else K.AMOUNT
    if there is There.FAILED:
        settled = ours.state is R.SUCCEEDED and not ours.by_transfer
        return K.STATE if settled else None
    if ours.by_transfer:
        return K.TWICE
    if amount != ours.amount:
        return K.AMOUNT
    if ours.state is R.SUCCEEDED or (there is There.PROCESSING and ours.state in ON_THE_WAY):
        return None
    return K.STATE


def midnight(day: date) -> datetime:
    """Where a day begins."""
    return datetime.combine(day, time(), CHINA)


def span(day: date, read: Collection[date]) -> tuple[datetime, datetime]:
    """What of our books the bill of a day decides, with those that were read before."""
    tomorrow = day + timedelta(days=1)
    since, until = midnight(day), midnight(tomorrow)
    if day - timedelta(days=1) in read:
        since -= EDGE
    return since, until if tomorrow in read else until - EDGE


def due_days(now: datetime, since: date, back: int = 3) -> list[date]:
    """The days whose bills should be here: from ten fifteen on yesterday's is (both gateways)."""
    local = now.astimezone(CHINA)
    last = local.date() - timedelta(days=1 if local.time() >= time(10, 15) else 2)
    days = [last - timedelta(days=n) for n in range(back)]
    return [day for day in days if day >= since]


def is_late(day: date, now: datetime) -> bool:
    """Has its bill not come by two o'clock the next day?"""
    return now >= midnight(day) + timedelta(days=1, hours=14)


def may_close(state: DifferenceState) -> Verdict:
    """Say why a difference needs no more work."""
    if state is DifferenceState.OPEN:
        return yes("6.d", "写明查到了什么、怎么处理的，写了才能关闭。")
    return no("6.d", "这条差异已经关闭。", instead="还有问题就重新打开。")


def may_reopen(state: DifferenceState) -> Verdict:
    """Open it again, with a reason."""
    if state is DifferenceState.CLOSED:
        return yes("6.d", "重新打开要写原因，原来的处理留在时间线上。")
    return no("6.d", "这条差异还开着。")
