"""SOP 1.5.a, 1.5.e and the readings: windows, promises, and the ten examples."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from core.workdays import CHINA
from orders.policy import OrderFacts
from orders.words import OrderState, Stop
from refunds import policy
from refunds.words import RefundState

S, R = OrderState, RefundState
pytestmark = pytest.mark.sqlite


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CHINA)


EXAMPLES = [  # applied for, (window opens), one working day, two
    ("2026-11-23 10:00", None, "2026-11-24", "2026-11-25"),  # Monday
    ("2026-11-23 23:00", None, "2026-11-24", "2026-11-25"),
    ("2026-11-27 10:00", None, "2026-11-30", "2026-12-01"),  # Friday
    ("2026-11-28 11:00", None, "2026-11-30", "2026-12-01"),  # Saturday: on Monday (1.5.a)
    ("2026-11-29 11:00", None, "2026-11-30", "2026-12-01"),  # Sunday
    ("2025-09-28 10:00", None, "2025-09-29", "2025-09-30"),  # a make-up Sunday works
    ("2025-09-30 10:00", None, "2025-10-09", "2025-10-10"),  # before 国庆
    ("2026-02-13 10:00", None, "2026-02-14", "2026-02-24"),  # make-up Saturday, then 春节
    ("2026-11-25 15:00", "2026-11-26 10:02", "2026-11-27", "2026-11-30"),  # opens on Thursday
    ("2026-12-31 10:00", None, "2027-01-04", "2027-01-05"),  # a year nobody announced
]


@pytest.mark.parametrize(("applied", "opens", "one", "two"), EXAMPLES)
def test_the_ten_examples(applied: str, opens: str | None, one: str, two: str) -> None:
    moment = at(applied)
    opens_at = at(opens) if opens else None
    found = policy.terms(moment, paid_at=moment - timedelta(hours=2), opens_at=opens_at)
    assert found.target.at == at(f"{one} 18:00")
    assert found.promised.at == at(f"{two} 18:00")
    assert found.promised.confirmed is (not applied.startswith("2026-12-31"))


def test_a_promise_into_a_year_that_is_not_announced_says_so() -> None:
    promised = policy.terms(at("2026-12-31 10:00")).promised
    assert policy.said(promised).endswith("，以节假日安排为准")


def test_applied_for_after_the_first_day_the_target_is_two_days_too() -> None:
    moment = at("2026-11-23 10:00")
    late = policy.terms(moment, paid_at=moment - timedelta(hours=25))
    assert late.target == late.promised
    assert policy.terms(moment).target == late.promised  # what has left has no first day


def test_four_working_hours_before_it_is_at_risk() -> None:
    assert policy.at_risk_from(at("2026-11-25 18:00")) == at("2026-11-25 14:00")
    assert policy.at_risk_from(at("2026-11-25 10:00")) == at("2026-11-24 15:00")


def test_the_platforms_deadline_counts_where_it_is_earlier() -> None:
    promised, deadline = at("2026-11-25 18:00"), at("2026-11-24 12:00")
    assert policy.due_by(promised, deadline) == deadline
    assert policy.due_by(deadline, promised) == deadline
    assert policy.due_by(promised, None) == promised


# The verdict by state and window

PAID = at("2026-11-23 10:02")
DEFAULT = policy.window(PAID, 24, None)
WITHIN = policy.window(PAID, 0, 24)
HOUR = timedelta(hours=1)


def begins(
    state: OrderState,
    hours: float,
    when: policy.Window = DEFAULT,
    *,
    applies: bool = True,
    applied: bool = False,
) -> tuple[RefundState, bool, str]:
    order = OrderFacts(state=state)
    found = policy.begin(order, when, PAID + hours * HOUR, applies=applies, applied=applied)
    return found.state, found.verdict.allowed, found.verdict.clause


def test_the_two_24_hour_rules() -> None:
    assert (DEFAULT.opens_at, DEFAULT.closes_at) == (at("2026-11-24 10:02"), None)
    assert (WITHIN.opens_at, WITHIN.closes_at) == (PAID, at("2026-11-24 10:02"))


@pytest.mark.parametrize(
    ("state", "hours", "applies", "begin"),
    [
        (S.PAID, 2, True, (R.WAITING, True, "1.2.c")),
        (S.PAID, 2, False, (R.WAITING, True, "1.2.c")),
        (S.PICKING, 23.99, True, (R.WAITING, True, "1.2.c")),
        (S.PAID, 24, True, (R.TO_APPLY, True, "1.5.a")),
        (S.PAID, 24, False, (R.REVIEW, True, "1.5.a")),
        (S.SHIPPED, 2, False, (R.REVIEW, True, "1.5.c")),
        (S.RECEIVED, 200, True, (R.TO_APPLY, True, "1.5.c")),
    ],
)
def test_where_it_begins(
    state: OrderState, hours: float, applies: bool, begin: tuple[RefundState, bool, str]
) -> None:
    assert begins(state, hours, applies=applies) == begin


def test_an_application_goes_to_the_queue_whatever_the_window() -> None:
    assert begins(S.PAID, 1, applied=True) == (R.REVIEW, True, "1.5")
    assert begins(S.PAID, 30, WITHIN, applied=True) == (R.REVIEW, True, "1.5")


def test_a_window_that_closed_refuses() -> None:
    assert begins(S.PAID, 1, WITHIN, applies=False) == (R.REVIEW, True, "1.5.a")
    assert begins(S.PAID, 24, WITHIN, applies=False) == (R.REVIEW, False, "1.5.a")


# What stands in the way of an approval


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ({"applies": True}, "还没有在平台上申请"),
        ({"stop": Stop.ASKED}, "拦没拦住"),
        ({"gone": True}, "先定是谁的责任"),
        ({"asked_by": 7}, "自己申请的"),
        ({"state": R.WAITING}, "不在待审核"),
    ],
)
def test_it_cannot_be_approved(facts: dict[str, object], why: str) -> None:
    verdict = policy.may_approve(policy.RefundFacts(**facts), approver=7)  # type: ignore[arg-type]
    assert not verdict.allowed
    assert why in verdict.reason


def test_it_can_be_approved_by_another() -> None:
    facts = policy.RefundFacts(applies=True, application="98", asked_by=7)
    assert policy.may_approve(facts, approver=8).allowed
