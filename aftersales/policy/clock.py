"""The clock of the promise: by when a wait is over, and when silence closes (SOP 1.4.a)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from aftersales.policy.facts import ENDED, PAUSED
from aftersales.rules import Rules
from aftersales.words import CaseState, WaitsFor
from core.workdays import PLAIN, Calendar, after, promise, worked


@dataclass(frozen=True, slots=True)
class Clock:
    """Until when we promised; paused: `left` seconds of working time are kept."""

    promised_by: datetime | None
    left: int | None = None


def begin(now: datetime, days: int, calendar: Calendar = PLAIN) -> Clock:
    """So many working days from now."""
    return Clock(promise(now, days, calendar).at)


def tick(clock: Clock, state: CaseState, now: datetime, calendar: Calendar = PLAIN) -> Clock:
    """The clock as it goes on in a state: it stands while the customer has it."""
    if state in ENDED:
        return Clock(None)
    if state in PAUSED and clock.promised_by is not None:
        return Clock(None, int(worked(now, clock.promised_by, calendar).total_seconds()))
    if state not in PAUSED and clock.promised_by is None and clock.left is not None:
        return Clock(after(now, timedelta(seconds=clock.left), calendar))
    return clock


def due(rules: Rules, what: WaitsFor, now: datetime, calendar: Calendar = PLAIN) -> datetime:
    """Until when this wait may last."""
    patience = rules.patience_for(what)
    if patience.working:
        return promise(now, patience.days, calendar).at
    return now + timedelta(days=patience.days)


def closes_at(rules: Rules, what: WaitsFor, due_at: datetime) -> datetime | None:
    """When it is closed for want of an answer, with notice before."""
    closes = rules.patience_for(what).closes
    return None if closes is None else due_at + timedelta(days=closes)
