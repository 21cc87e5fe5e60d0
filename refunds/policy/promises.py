"""The window, the promises, and what is at risk (SOP 1.5, readings)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from core.workdays import PLAIN, REFUND_DAYS, Calendar, Promise, before, promise
from refunds.policy.groups import AT_RISK, FIRST_DAY, WARN


@dataclass(frozen=True, slots=True)
class Window:
    """When a refund may be applied for. `closes_at` None: until it is shipped."""

    opens_at: datetime
    closes_at: datetime | None = None

    @property
    def warn_at(self) -> datetime | None:
        """From when the agent is warned that it closes."""
        return self.closes_at - WARN if self.closes_at else None


def window(paid_at: datetime, opens_h: int, closes_h: int | None) -> Window:
    """The shop's hours from payment (SOP 1.2.c, 1.5.a, reading of the two 24-hour rules)."""
    closes = None if closes_h is None else paid_at + timedelta(hours=closes_h)
    return Window(paid_at + timedelta(hours=opens_h), closes)


@dataclass(frozen=True, slots=True)
class Terms:
    """By when it is done: `target` orders the queue, `promised` is what the customer is told."""

    target: Promise
    promised: Promise


def said(promised: Promise) -> str:
    """11月27日 18:00; marked where the holidays are not announced yet (SOP 1.5, reading)."""
    sure = "" if promised.confirmed else "，以节假日安排为准"
    return f"{promised.said}{sure}"


def terms(
    applied_at: datetime,
    *,
    paid_at: datetime | None = None,
    opens_at: datetime | None = None,
    calendar: Calendar = PLAIN,
) -> Terms:
    """Both start at the later of application and window opening (SOP 1.5.a, 1.5.e).

    One working day when it is applied for within 24 hours of the payment (`paid_at`; None for
    what has left), else two.
    """
    start = max(applied_at, opens_at) if opens_at else applied_at
    early = paid_at is not None and applied_at - paid_at <= FIRST_DAY
    return Terms(
        promise(start, 1 if early else REFUND_DAYS, calendar),
        promise(start, REFUND_DAYS, calendar),
    )


def due_by(promised_by: datetime, deadline: datetime | None) -> datetime:
    """The earlier of our promise and the platform's deadline."""
    return min(promised_by, deadline) if deadline else promised_by


def at_risk_from(due: datetime, calendar: Calendar = PLAIN) -> datetime:
    """Four working hours before it is due."""
    return before(due, AT_RISK, calendar)
