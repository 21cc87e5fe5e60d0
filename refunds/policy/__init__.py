"""The SOP's decisions on a refund as pure functions: facts in, `Verdict` out (SOP 1.2.c, 1.5).

No clock, no database: `now`, facts and the calendar are passed in. The same function greys the
button out and guards the act.
"""

from refunds.policy.asking import (
    Asked,
    Ruling,
    begin,
    gone,
    may_ask,
    may_open,
    may_split_off,
    needs_fault,
    on_platform,
    told_for,
    unshipped,
)
from refunds.policy.groups import (
    AT_RISK,
    BEFORE_REVIEW,
    CHARGED_TOO_MUCH,
    ENDED,
    FIRST_DAY,
    OF_GOODS,
    OPEN_TO_ASKER,
    WARN,
)
from refunds.policy.promises import Terms, Window, at_risk_from, due_by, said, terms, window
from refunds.policy.standing import (
    RefundFacts,
    may_add_evidence,
    may_approve,
    may_match,
    may_resubmit,
    may_resubmit_so,
    may_ship_instead,
    may_withdraw,
)

__all__ = [
    "AT_RISK",
    "BEFORE_REVIEW",
    "CHARGED_TOO_MUCH",
    "ENDED",
    "FIRST_DAY",
    "OF_GOODS",
    "OPEN_TO_ASKER",
    "WARN",
    "Asked",
    "RefundFacts",
    "Ruling",
    "Terms",
    "Window",
    "at_risk_from",
    "begin",
    "due_by",
    "gone",
    "may_add_evidence",
    "may_approve",
    "may_ask",
    "may_match",
    "may_open",
    "may_resubmit",
    "may_resubmit_so",
    "may_ship_instead",
    "may_split_off",
    "may_withdraw",
    "needs_fault",
    "on_platform",
    "said",
    "terms",
    "told_for",
    "unshipped",
    "window",
]
