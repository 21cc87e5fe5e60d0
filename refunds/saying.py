"""What the customer hears of a refund: how much, when to apply, by when (1.2.f, 1.5.e). Pure."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from core.verdict import Say
from core.workdays import CHINA, Promise
from refunds.policy import ENDED, said
from refunds.words import RefundState, ToldReason, TrueReason

R = RefundState


def late_say(amount: Decimal) -> Say:
    """The promise is broken: nothing is promised by a time that is over (SOP 1.5.e)."""
    return Say("refund.late", {"amount": str(amount)})


def names_reason(true: TrueReason, *, shop_says: bool) -> bool:
    """Is the customer told what to choose? Of a stock-out the shop decides (SOP 1.5.b)."""
    return shop_says or true is not TrueReason.STOCK_OUT


def say_of(
    state: RefundState,
    amount: Decimal,
    told: ToldReason,
    promised: Promise,
    *,
    applies: bool,
    opens_at: datetime | None,
    named: bool = True,
) -> Say | None:
    """The sentence for a refund in this state (SOP 1.5.e); none for what is refused or paid back.

    `applies`: the customer has to, on the platform. `named`: it says which reason to choose there.
    """
    if state in ENDED:
        return Say("refund.withdrawn") if state is R.WITHDRAWN else None
    key = {
        R.WAITING: "refund.waiting.platform" if applies else "refund.waiting.own",
        R.TO_APPLY: "refund.to_apply",
    }.get(state, "refund.review")
    if not named and applies and key != "refund.review":
        key += ".free"
    opens = opens_at.astimezone(CHINA) if opens_at else None
    values = {
        "amount": str(amount),
        "opens": f" {opens.month} 月 {opens.day} 日 {opens:%H:%M} " if opens else "",
        "told": told.label,
        "by": said(promised),
    }
    return Say(key, values)
