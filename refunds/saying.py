"""What the customer hears of a refund: how much, when to apply, by when (1.2.f, 1.5.e). Pure."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from core.verdict import Say
from core.workdays import CHINA, Promise
from refunds.policy import ENDED, said
from refunds.words import RefundState, ToldReason

R = RefundState


def late_say(amount: Decimal) -> Say:
    """The promise is broken: nothing is promised by a time that is over (SOP 1.5.e)."""
    return Say("refund.late", {"amount": str(amount)})


def say_of(
    state: RefundState,
    amount: Decimal,
    told: ToldReason,
    promised: Promise,
    *,
    applies: bool,
    opens_at: datetime | None,
) -> Say | None:
    """The sentence for a refund in this state (SOP 1.5.e); none for what is refused or paid back.

    `applies`: the customer has to, on the platform.
    """
    if state in ENDED:
        return Say("refund.withdrawn") if state is R.WITHDRAWN else None
    key = {
        R.WAITING: "refund.waiting.platform" if applies else "refund.waiting.own",
        R.TO_APPLY: "refund.to_apply",
    }.get(state, "refund.review")
    opens = opens_at.astimezone(CHINA) if opens_at else None
    values = {
        "amount": str(amount),
        "opens": f" {opens.month} 月 {opens.day} 日 {opens:%H:%M} " if opens else "",
        "told": told.label,
        "by": said(promised),
    }
    return Say(key, values)
