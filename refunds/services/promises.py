"""A refund's promise and the timers that watch it (SOP 1.5, reading of the promises)."""

from __future__ import annotations

from core.workdays import Calendar
from refunds import policy
from refunds.models import Refund
from refunds.policy import BEFORE_REVIEW, Terms


def put_promise(refund: Refund, terms: Terms, calendar: Calendar) -> None:
    """By when it is done, and from when it is at risk.

    As long as the buyer has not applied nothing runs but the window.
    """
    refund.target_by, refund.promised_by = terms.target.at, terms.promised.at
    refund.confirmed = terms.promised.confirmed
    if refund.applies and not refund.application and refund.state in BEFORE_REVIEW:
        return
    due = policy.due_by(refund.promised_by, refund.deadline)
    refund.break_at, refund.risk_at = due, policy.at_risk_from(due, calendar)
