"""Unowned parcel: it came in, and nobody knows whose it is (无主件, SOP 0, 1.4.f). Pure."""

from __future__ import annotations

from aftersales.kinds import goods_back as goods
from aftersales.kinds.kind import Kind, Step
from aftersales.policy import CaseFacts
from aftersales.words import CaseKind, WaitsFor
from core.verdict import Verdict, no, yes
from orders.policy import OrderFacts
from orders.words import OrderState

W = WaitsFor
HERE = frozenset({W.COUNTING, W.OWNER})


def may_open(order: OrderFacts) -> Verdict:
    """It begins at the dock, not on an order."""
    return no("1.4.f", "无主件在仓库“退货到仓”那里登记。")


def may_correct(case: CaseFacts) -> Verdict | None:
    """Read the label once more, or write down what was found out."""
    if case.waits_for not in HERE or case.ended:
        return None
    return yes("1.4.f", "面单、纸条上有什么就填什么；填得越全越容易找到是谁的。")


def may_tie(case: CaseFacts) -> Verdict | None:
    """It is known whose it is: its goods go to that order's case (SOP 1.4.a, 1.4.f)."""
    if case.ended or case.waits_for not in HERE:
        return None
    if case.waits_for is W.COUNTING:
        return no("1.4.f", "里面有什么还没有数完。", instead="请仓库先清点，再认。")
    return yes("1.4.f", "货认到那一单的售后单上，接着验货；没有售后单的，一起登记退货。")


def may_become(order: OrderState) -> Verdict:
    """What case the parcel makes on an order without one: the goods must have left the house."""
    if order in (OrderState.SHIPPED, OrderState.RECEIVED, OrderState.COMPLETED):
        return yes("1.4.a")
    return no("1.4.a", f"那一单{order.label}，没有货可以退回来。", instead="看看是不是别的单。")


def may_return_to_sender(case: CaseFacts) -> Verdict | None:
    """Not ours, or nobody wants it here: the warehouse sends it back (SOP 1.4.f)."""
    if case.ended or case.waits_for is not W.OWNER:
        return None
    if not case.sender:
        return no("1.4.f", "不知道寄件人的地址，退不回去。", instead="查到了先“改登记”。")
    return yes("1.4.f", "不是我们的货，或者一直没有人认：请仓库寄回给寄件人。")


def may_dispose(case: CaseFacts) -> Verdict | None:
    """It was kept for as long as the policy says (SOP 1.4.f)."""
    if case.ended or case.waits_for is not W.OWNER:
        return None
    if not case.late:
        return no("1.4.f", "保管期还没有到，说不定有人来找。", instead="到期以后再处置。")
    return yes("1.4.f", "保管期到了：每件定去处，入库、次品或者报废。")


KIND = Kind(
    CaseKind.UNOWNED,
    "1.4.f",
    may_open,
    "",
    steps=(
        goods.COUNT,
        Step("tie_unowned", "认到订单", may_tie),
        Step("dispose_unowned", "处置", may_dispose),
        Step("return_to_sender", "退回寄件人", may_return_to_sender),
        goods.RECORD_SENT,
        Step("correct_unowned", "改登记", may_correct),
    ),
    without=frozenset({"ask_customer", "record_answer", "refuse_case"}),
)
