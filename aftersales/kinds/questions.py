"""Enquiry and complaint: what somebody has to find out before it is answered (SOP 7.c). Pure."""

from __future__ import annotations

from collections.abc import Callable

from aftersales.kinds.kind import Kind, Step
from aftersales.policy import CaseFacts
from aftersales.words import CaseKind, WaitsFor
from core.verdict import Verdict, no, yes
from orders.policy import OrderFacts

W = WaitsFor


def _may_open(said: str) -> Callable[[OrderFacts], Verdict]:
    def may_open(order: OrderFacts) -> Verdict:
        if order.is_top_up:
            return no("7.c", "这是补差价订单。", instead="到主订单上登记。")
        return yes("7.c", said)

    return may_open


def may_answer(case: CaseFacts) -> Verdict | None:
    """What was found out, as the customer hears it; with it the case ends (SOP 7.c)."""
    if case.ended or case.waits_for is W.ANSWER:
        return None
    return yes("7.c", "写买家看得懂的话：查到什么、怎么办；答复以后这个售后单就结束了。")


def may_compensate(case: CaseFacts) -> Verdict | None:
    """Money beyond what was paid is a payout with its own approver (SOP 1.5.f)."""
    return None if case.ended else yes("1.5.f", "要赔偿的，凭凭证申请赔付，由别人审。")


ANSWER = Step("answer_case", "答复并结束", may_answer)
ASKED = {W.ANSWER: "case.asked"}
ENQUIRY = Kind(
    CaseKind.ENQUIRY,
    "7.c",
    _may_open("当场答得了的直接答；要去问、要去查的登记下来，一个工作日内答复。"),
    "open-enquiry",
    steps=(ANSWER,),
    says={W.WORK: "case.noted", **ASKED},
    without=frozenset({"refuse_case"}),
)
COMPLAINT = Kind(
    CaseKind.COMPLAINT,
    "7.c",
    _may_open("先道歉，把事情问清楚记下来，一个工作日内答复。"),
    "open-complaint",
    steps=(ANSWER, Step("request_payout", "申请赔付", may_compensate, on_order=True)),
    says={W.WORK: "complaint.noted", **ASKED},
    without=frozenset({"refuse_case"}),
)
