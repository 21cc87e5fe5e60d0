"""What a case waits for, and until when: the one door to its timers (architecture §5)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db.models import Q

from aftersales import policy
from aftersales.kinds.goods_back import ON_ITS_WAY
from aftersales.models import Case
from aftersales.models.case import GIVEN_UP
from aftersales.selectors.versions import rules_of
from aftersales.words import CaseKind, CaseState, OrderRole, Outcome, WaitsFor
from core.acts import Change, Log
from core.workdays import Calendar
from orders.words import OrderState
from staff.selectors import office_calendar

# Orders by which goods leave the house for a case, unless they were closed.
SENDS = [OrderRole.NEW.value, OrderRole.RESEND.value, OrderRole.REPAIR.value]
NOT_SENT = Q(order__state=OrderState.CLOSED.value, order__merged_into=None)


def wait_for(
    case: Case, what: WaitsFor, log: Log, now: datetime, until: datetime | None = None
) -> None:
    """From now on the case waits for this; its promise stands still while the customer has it.

    `until`: not for as long as the policy says, but until then, and silence closes nothing. Nor
    does it while goods are under way.
    """
    calendar, before = office_calendar(), standing(case)
    set_waiting(case, what, now, calendar)
    if until is not None:
        case.due_at = case.nudge_at = until
        case.close_at = None
    elif case.close_at is not None and _at_stake(case):
        case.close_at = None
    log.changed([Change(f"售后单 {case.number}", before, standing(case))], case)


def _at_stake(case: Case) -> bool:
    """Goods are here or on their way to us, or an order of ours goes out: nobody's silence may
    close over them (SOP 1.4.d, 1.4.f).
    """
    if case.arrived_at or case.details.get("waited_for") in {what.value for what in ON_ITS_WAY}:
        return True
    return case.orders.filter(role__in=SENDS).exclude(NOT_SENT).exists()


def set_waiting(case: Case, what: WaitsFor, now: datetime, calendar: Calendar) -> None:
    """The same for one that is just being made, or in a batch."""
    rules = rules_of(case)
    case.wait(what, now, policy.due(rules, what, now, calendar))
    case.close_at = policy.closes_at(rules, what, case.due_at)
    case.put_clock(policy.tick(case.clock, CaseState(case.state), now, calendar))


def usual(case: Case, what: WaitsFor, now: datetime) -> datetime:
    """Until when the case's policy lets it wait for this."""
    return policy.due(rules_of(case), what, now, office_calendar())


def promise_it(case: Case, now: datetime, calendar: Calendar) -> None:
    """By when the whole of it is done, in working days from now."""
    days = rules_of(case).promise_days(CaseKind(case.kind))
    case.put_clock(policy.begin(now, days, calendar))


def resolve(case: Case, log: Log, now: datetime, outcome: Outcome, why: str = "") -> None:
    """It is done, and the timeline shows how it stood."""
    with _moved(case, log):
        case.resolve(now, outcome, why)


def withdraw(case: Case, log: Log, now: datetime, why: str) -> None:
    """It is not wanted any more."""
    with _moved(case, log):
        case.withdraw(now, why)


def refuse(case: Case, log: Log, now: datetime, why: str) -> None:
    """It is not done, for a reason that was told."""
    with _moved(case, log):
        case.refuse(now, why)


def give_up(case: Case, log: Log, now: datetime) -> None:
    """Its goods were not sent back, as a person wrote (SOP 1.4.c)."""
    resolve(case, log, now, Outcome.RESENT, f"货没有寄回：{case.details[GIVEN_UP]}")


@contextmanager
def _moved(case: Case, log: Log) -> Iterator[None]:
    before = standing(case)
    yield
    log.changed([Change(f"售后单 {case.number}", before, standing(case))], case)


def standing(case: Case) -> str:
    """How it stands, as the timeline says it."""
    if not case.is_open:
        words = (case.get_state_display(), case.get_outcome_display())
        return " · ".join(word for word in words if word)
    return f"{case.lies_with} · {case.get_waits_for_display()}"
