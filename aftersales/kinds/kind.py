"""What a kind of case is made of. Pure.

A kind says what may be done with a case now, step by step. The case's page draws its buttons from
`offered`, and each act asks `verdict_on` the same step under the lock: simulate is perform.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from aftersales.policy import (
    CaseFacts,
    may_add_evidence,
    may_ask_customer,
    may_change_reason,
    may_hand_over,
    may_record_answer,
    may_refuse,
    may_take,
    may_withdraw,
    open_one,
)
from aftersales.words import CaseKind, WaitsFor
from core.verdict import Verdict, no
from orders.policy import OrderFacts

Rule = Callable[[CaseFacts], Verdict | None]


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that can be done: the act, its word, its rule (None: no matter now).

    `on_order`: its page is one of the order's, not of the case's. `after`: also once it has ended.
    `seniors`: theirs alone, and yet shown to all, who may ask for it.
    """

    verb: str
    label: str
    rule: Rule
    on_order: bool = False
    after: bool = False
    seniors: bool = False

    def verdict(self, case: CaseFacts) -> Verdict | None:
        """May it be done now? None: it is no matter now."""
        return None if case.ended and not self.after else self.rule(case)


# What can be done with any case, after what its kind has to say.
COMMON: tuple[Step, ...] = (
    Step("record_answer", "登记客户答复", may_record_answer),
    Step("ask_customer", "等客户答复", may_ask_customer),
    Step("add_case_evidence", "加照片、凭证", may_add_evidence),
    Step("take_case", "我来办", may_take),
    Step("hand_over_case", "转交", may_hand_over),
    Step("refuse_case", "拒绝", may_refuse),
    Step("withdraw_case", "撤回", may_withdraw),
)


# For kinds whose reason says who pays.
CHANGE_REASON = Step("change_reason", "改原因", may_change_reason)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of case. `page`: the name of the address where one is opened on an order.

    `says`: which sentence the customer may be told while it waits for something. `without`: what
    of COMMON makes no sense for it. `looks`: what comes once its goods were counted.
    """

    kind: CaseKind
    clause: str
    may_open: Callable[[OrderFacts], Verdict]
    page: str
    steps: tuple[Step, ...] = ()
    says: Mapping[WaitsFor, str] = field(default_factory=dict)
    without: frozenset[str] = frozenset()
    looks: WaitsFor = WaitsFor.INSPECTION

    @property
    def all_steps(self) -> tuple[Step, ...]:
        common = (step for step in COMMON if step.verb not in self.without)
        return (*self.steps, *common)

    @property
    def goods_come(self) -> bool:
        """Is there a parcel that the dock counts?"""
        return any(step.verb == "count_arrival" for step in self.steps)


def offered(kind: Kind, case: CaseFacts) -> list[tuple[Step, Verdict]]:
    """What can be done now, and what cannot with the reason; nothing of what is no matter now."""
    found = ((step, step.verdict(case)) for step in kind.all_steps)
    return [(step, verdict) for step, verdict in found if verdict is not None]


def verdict_on(kind: Kind, verb: str, case: CaseFacts) -> Verdict:
    """May this step be done now?"""
    step = next((one for one in kind.all_steps if one.verb == verb), None)
    verdict = step.verdict(case) if step else None
    if verdict is not None:
        return verdict
    said = case.waits_for.label
    return open_one(case) or no("8", f"现在是“{said}”，这一步用不上。", instead="看“下一步”。")
