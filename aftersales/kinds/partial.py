"""Partial refund: the goods stay, a part of the money goes back (部分退款, SOP 1.5.d). Pure."""

from __future__ import annotations

from aftersales.kinds.kind import CHANGE_REASON, Kind, Step
from aftersales.policy import CaseFacts
from aftersales.words import CaseKind, WaitsFor
from core.verdict import Verdict, no, yes
from orders.policy import OrderFacts
from orders.words import OrderState
from refunds.policy import may_open as money_may_go_back

W, S = WaitsFor, OrderState
# It lies with us, or the customer is to show what is wrong.
BEFORE = frozenset({W.WORK, W.EVIDENCE})


def may_open(order: OrderFacts) -> Verdict:
    """Was it received, and is there money that may go back (SOP 1.5.d)?"""
    if order.is_top_up:
        return no("1.5.d", "补差价没有货。", instead="到主订单上办；多付的点“申请退款”。")
    if order.state is S.SHIPPED:
        return no("1.5.d", "还没有签收。", instead="送到了先登记签收；丢件、破损的登记补发。")
    if order.state not in (S.RECEIVED, S.COMPLETED):
        return no("1.5.d", "还没有收到货。", instead="没有发货的点“申请退款”；关闭的看时间线。")
    money = money_may_go_back(order)
    if not money.allowed:
        return money
    return yes("1.5.d", "货不退、退一部分钱：问清原因、谁的责任、退多少，照片齐了送主管审。")


def may_request(case: CaseFacts) -> Verdict | None:
    """The refund is asked for once something shows what is wrong (SOP 1.5.d)."""
    if case.waits_for not in BEFORE or case.money:
        return None
    if not case.evidence:
        return no("1.5.d", "还没有凭证。", instead="请买家拍商品、问题处和面单，上传以后再申请。")
    return yes("1.5.d", "按说好的金额申请；主管审的时候看得到备注和这些凭证。")


def may_resubmit(case: CaseFacts) -> Verdict | None:
    """The supervisor asked for more: what was added since goes along (SOP 1.5.d)."""
    if case.waits_for not in BEFORE or not case.returned:
        return None
    return yes("1.5.d", "主管退回补充：补好说明，新加的凭证一起再送审。")


def may_ask_evidence(case: CaseFacts) -> Verdict | None:
    """The customer is asked to show what is wrong; our clock stands (SOP 1.5.d)."""
    if case.waits_for is not W.WORK or (case.money and not case.returned):
        return None
    return yes("1.5.d", "请买家拍商品、问题处和面单；等的时候时限暂停，收到照片自己往下走。")


KIND = Kind(
    CaseKind.PARTIAL,
    "1.5.d",
    may_open,
    "open-partial",
    steps=(
        Step("resubmit_partial", "补充后再送审", may_resubmit),
        Step("request_partial", "申请部分退款", may_request),
        Step("ask_evidence", "请买家给凭证", may_ask_evidence),
        CHANGE_REASON,
    ),
    says={
        W.WORK: "case.noted",
        W.EVIDENCE: "partial.evidence",
        W.REFUND: "partial.asked",
        W.ANSWER: "case.asked",
    },
)
