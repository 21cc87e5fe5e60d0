"""Reship: missing, lost or damaged goods are sent once more (补发, SOP 3.b). Pure."""

from __future__ import annotations

from aftersales.kinds import returns, sent_again
from aftersales.kinds.kind import CHANGE_REASON, Kind, Step
from aftersales.policy import CaseFacts
from aftersales.words import CaseKind, WaitsFor
from core.verdict import Say, Verdict, no, yes
from orders.policy import OrderFacts

W = WaitsFor


def may_open(order: OrderFacts) -> Verdict:
    """Has it left the house, and is it clear what was in it (SOP 3.b)?"""
    barred = returns.may_open(order)
    if not barred.allowed:
        return no(
            "3.b",
            barred.reason.replace("退货", "补发"),
            instead="没有发货的直接改单；已经关闭的看时间线。",
        )
    return yes("3.b", "少发、丢件、破损：选哪一件、几件，照片或截图传上来，再补发。")


def may_ask(case: CaseFacts) -> Verdict | None:
    """The carrier is asked where it is, before it is sent once more (SOP 3.b, 6.a)."""
    if case.waits_for is not W.WORK or case.ended or case.linked:
        return None
    return yes("3.b", "没收到的先问快递；答复以后回到您这里。")


def may_resend(case: CaseFacts) -> Verdict | None:
    """What is missing is sent for nothing, once something shows it (SOP 3.b)."""
    if case.waits_for is not W.WORK or case.ended or case.linked:
        return None
    if not case.evidence:
        return no(
            "3.b", "还没有凭证。", instead="少件、破损请买家拍照；丢件传快递答复的截图，再补发。"
        )
    return yes("3.b", "建一张补发单，不用买家付钱。", Say("case.sent_again"))


KIND = Kind(
    CaseKind.RESHIP,
    "3.b",
    may_open,
    "open-reship",
    steps=(
        Step("resend_goods", "补发", may_resend),
        Step("ask_about_parcel", "问快递", may_ask),
        *sent_again.CLAIM,
        CHANGE_REASON,
    ),
    says={
        W.WORK: "case.reship",
        W.CARRIER: "case.reship_asked",
        W.SHIPPING: "case.sent_again",
        W.ANSWER: "case.asked",
    },
)
