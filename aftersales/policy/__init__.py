"""The SOP's decisions on after-sales as pure functions: facts in, `Verdict` out (SOP 1.4, 3).

No clock, no database. What is special about a kind of case stands in `aftersales.kinds`; here is
what all kinds share: the period, who pays, what bars any step, and the clock of the promise.
"""

from aftersales.policy.arrived import Found, acceptance_of, accepting, pieces_of, reception_of
from aftersales.policy.asking import Asked, day_wrong, eligible, last_day, spoken
from aftersales.policy.clock import Clock, begin, closes_at, due, tick
from aftersales.policy.cost import cost_said, may_pay_freight, new_cost_said
from aftersales.policy.facts import ENDED, PAUSED, STATE_OF, CaseFacts, LineFacts
from aftersales.policy.steps import (
    may_add_evidence,
    may_ask_customer,
    may_change_reason,
    may_hand_over,
    may_record_answer,
    may_refuse,
    may_refuse_cod,
    may_send_article,
    may_take,
    may_withdraw,
    open_one,
)
from orders.policy import of_the_same

__all__ = [
    "ENDED",
    "PAUSED",
    "STATE_OF",
    "Asked",
    "CaseFacts",
    "Clock",
    "Found",
    "LineFacts",
    "acceptance_of",
    "accepting",
    "begin",
    "closes_at",
    "cost_said",
    "day_wrong",
    "due",
    "eligible",
    "last_day",
    "may_add_evidence",
    "may_ask_customer",
    "may_change_reason",
    "may_hand_over",
    "may_pay_freight",
    "may_record_answer",
    "may_refuse",
    "may_refuse_cod",
    "may_send_article",
    "may_take",
    "may_withdraw",
    "new_cost_said",
    "of_the_same",
    "open_one",
    "pieces_of",
    "reception_of",
    "spoken",
    "tick",
]
