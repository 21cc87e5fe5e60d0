"""Return: the goods come back, the money goes back (退货退款, SOP 1.4). Pure."""

from __future__ import annotations

from aftersales.kinds import goods_back as goods
from aftersales.kinds.kind import CHANGE_REASON, Kind, Step
from aftersales.policy import CaseFacts
from aftersales.words import CaseKind, WaitsFor
from core.verdict import Verdict, no, yes
from orders.policy import GONE, OrderFacts
from orders.stopping import pullable
from orders.words import OrderState
from refunds.words import Fault

W = WaitsFor


def may_open(order: OrderFacts) -> Verdict:
    """Has it left the house, and is anything left to come back (SOP 1.4.a)?"""
    if order.is_top_up:
        return no("1.4.a", "补差价没有货，不能退货。", instead="到主订单上办。")
    if order.state is OrderState.CLOSED:
        return no("1.4.a", "订单已经关闭。", instead="看时间线里为什么关的。")
    if order.state not in GONE or pullable(order):
        return no("1.2.c", "还没有发货，不用退货。", instead="要退款点“申请退款”，要改的直接修改。")
    if order.lines_unclear:
        return no("5.a", "商品明细还没有确认，分不清退哪一件。", instead="先确认商品明细。")
    return yes("1.4.a", "问清楚退哪一单、哪一件、为什么；先讲好运费谁出，再让买家寄。")


def may_refund(case: CaseFacts) -> Verdict | None:
    """The money for what was accepted, through the refunds room (SOP 1.4.f, 1.5)."""
    if case.waits_for not in goods.HERE:
        return None
    if not case.inspected:
        return no("1.4.f", "还没有验货。", instead="先验货，再退款。")
    if case.waits_for is W.AGREEMENT:
        return no("1.4.f", "与买家说的不一样，还没有谈妥。", instead="先登记谈妥的结果。")
    if not case.accepted:
        return no("1.4.f", "没有一件是这一单的、认可的。", instead="退回买家，或者重新验货。")
    return yes("1.4.f", f"认可 {case.accepted} 件，按实付退，送主管审核。")


def may_owe_freight(case: CaseFacts) -> Verdict | None:
    """Our fault, and the customer paid the parcel: that is a payout; owed also when all else is
    done (SOP 1.4.c, 1.5.f).
    """
    if case.fault is Fault.BUYER or case.waits_for in (W.SENDING, W.WORK):
        return None
    if case.ended and not any(line.got for line in case.lines):
        return None
    if case.payout:
        return no("1.5.f", "退货运费已经申请赔付了。", instead="在订单的赔付里看进度。")
    return yes("1.5.f", "运费我们承担：买家垫付的，凭运费单申请赔付。")


OWE_FREIGHT = Step("owe_freight", "赔退货运费", may_owe_freight, after=True)


KIND = Kind(
    CaseKind.RETURN,
    "1.4",
    may_open,
    "open-return",
    steps=(
        goods.NOTE_WAYBILL,
        goods.COUNT,
        goods.INSPECT,
        goods.AGREE,
        Step("refund_case", "退款", may_refund),
        goods.SEND_BACK,
        goods.RECORD_SENT,
        OWE_FREIGHT,
        CHANGE_REASON,
    ),
    says={
        W.SENDING: "case.instructions",
        W.ARRIVAL: "case.on_its_way",
        W.SIGNED: "case.on_its_way",
        W.COUNTING: "case.on_its_way",
        W.INSPECTION: "case.arrived",
        W.DECISION: "case.looked_at",
        W.AGREEMENT: "case.differs",
        W.SHIPPING: "case.sent_back",
        W.ANSWER: "case.asked",
    },
)
