"""The SOP's decisions on an order as pure functions: facts in, `Verdict` out.

No clock, no database: `now` and facts are passed in. The same function greys the button out
and guards the act.
"""

from orders.policy.by_hand import HAND_CLAUSES, UNTICK, may_tick, may_untick
from orders.policy.close import (
    identified,
    may_close,
    may_close_state,
    may_reopen,
    unidentified,
)
from orders.policy.facts import (
    GONE,
    IN_WAREHOUSE,
    Contacted,
    Group,
    HoldFact,
    OrderFacts,
    Receiving,
    further,
    keeps_goods,
    ship_by,
)
from orders.policy.hold import (
    BY_HAND_HOLDS,
    CALL,
    CALLED,
    LIFTERS,
    OF_A_REFUND,
    is_of_a_refund,
    may_hold,
    may_lift,
)
from orders.policy.modify import (
    DIFFERENCES,
    difference,
    may_confirm_lines,
    may_modify,
    may_settle_difference,
    may_swap,
    may_take_theirs,
)
from orders.policy.pay import may_mark_paid, may_reverse_amount, may_reverse_payment
from orders.policy.promise import agreed, agreed_until, may_agree_on, may_agree_ship_by
from orders.policy.release import may_expedite, may_release, may_take_back, may_unexpedite
from orders.policy.top_up import (
    may_take_top_up,
    may_tie_top_up,
    may_untie_top_up,
    of_the_same,
)

__all__ = [
    "BY_HAND_HOLDS",
    "CALL",
    "CALLED",
    "DIFFERENCES",
    "GONE",
    "HAND_CLAUSES",
    "IN_WAREHOUSE",
    "LIFTERS",
    "OF_A_REFUND",
    "UNTICK",
    "Contacted",
    "Group",
    "HoldFact",
    "OrderFacts",
    "Receiving",
    "agreed",
    "agreed_until",
    "difference",
    "further",
    "identified",
    "is_of_a_refund",
    "keeps_goods",
    "may_agree_on",
    "may_agree_ship_by",
    "may_close",
    "may_close_state",
    "may_confirm_lines",
    "may_expedite",
    "may_hold",
    "may_lift",
    "may_mark_paid",
    "may_modify",
    "may_release",
    "may_reopen",
    "may_reverse_amount",
    "may_reverse_payment",
    "may_settle_difference",
    "may_swap",
    "may_take_back",
    "may_take_theirs",
    "may_take_top_up",
    "may_tick",
    "may_tie_top_up",
    "may_unexpedite",
    "may_untick",
    "may_untie_top_up",
    "of_the_same",
    "ship_by",
    "unidentified",
]
