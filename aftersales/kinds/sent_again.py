"""Steps by which goods are sent once more, and the carrier pays what it lost (SOP 3.b). Pure."""

from __future__ import annotations

from decimal import Decimal

from aftersales.kinds import goods_back as goods
from aftersales.kinds.kind import Step
from aftersales.policy import CaseFacts
from aftersales.words import ClaimState, WaitsFor
from core.verdict import Say, Verdict, no, yes
from refunds.words import Fault

W = WaitsFor


def when_here(case: CaseFacts) -> Verdict | None:
    """What still stands between goods that are here and what is to be done with them."""
    if case.waits_for not in goods.HERE or case.ended:
        return None
    if not case.inspected:
        return no("1.4.f", "还没有验货。", instead="先验货，再决定。")
    if case.waits_for is W.AGREEMENT:
        return no("1.4.f", "退回来的不一样，还没有谈妥。", instead="先登记谈妥的结果。")
    if not case.accepted:
        return no("1.4.f", "没有一件是这一单的、认可的。", instead="退回买家，或者重新验货。")
    return None


def may_resend_what_is_here(case: CaseFacts) -> Verdict | None:
    """What came back is sent again; at the customer's cost they pay the freight first (1.4.e)."""
    barred = when_here(case)
    if barred is not None:
        return barred
    if case.waits_for is not W.DECISION:
        return None
    if case.fault is Fault.BUYER:
        return yes("1.4.e", "补发的运费买家先补，补了才发。", Say("case.sent_again.theirs"))
    return yes("3.b", "补发的运费我们承担，马上建补发单。", Say("case.sent_again"))


def may_claim(case: CaseFacts) -> Verdict | None:
    """The carrier pays for what it lost or damaged; also once the case has ended (SOP 3.b)."""
    if case.fault is not Fault.CARRIER or case.claim is not None or case.order is None:
        return None
    return yes("3.b", "快递的责任：向快递要回损失，登记在“快递理赔”里跟着。")


def may_ask_so_much(amount: Decimal, worth: Decimal, more: str) -> Verdict:
    """At most what goods and freight were worth, yuan; above it only with a reason (SOP 3.b)."""
    if amount > worth and not more:
        return no(
            "3.b",
            f"这一单的商品和运费一共 {worth:.2f} 元，要赔的比这多。",
            instead="照实际损失填；确实更多的，写明为什么。",
        )
    return yes("3.b")


def may_be_paid(got: Decimal, asked: Decimal) -> Verdict:
    """A carrier pays at most what it was asked for, yuan (SOP 3.b)."""
    if got > asked:
        return no(
            "3.b",
            f"只要求赔 {asked:.2f} 元，赔的不会比这多。",
            instead="核对到账的金额；要求的金额写错了，先“改正理赔”。",
        )
    return yes("3.b")


def may_correct_claim(case: CaseFacts) -> Verdict | None:
    """An entry was wrong: the amount is put right, and the answer is entered again (SOP 3.b)."""
    if case.claim is None:
        return None
    return yes("3.b", "金额或者结果登记错了的，写明错在哪里；改完重新等快递答复。")


def may_close_claim(case: CaseFacts) -> Verdict | None:
    """The carrier said whether it pays; with the reason (SOP 3.b)."""
    if case.claim is not ClaimState.ASKED:
        return None
    return yes("3.b", "快递答复以后登记赔了多少，或者为什么不赔。")


RESEND = Step("resend_goods", "补发", may_resend_what_is_here)
CLAIM = (
    Step("claim_carrier", "向快递理赔", may_claim, after=True),
    Step("claim_paid", "快递赔了", may_close_claim, after=True),
    Step("claim_refused", "快递不赔", may_close_claim, after=True),
    Step("correct_claim", "改正理赔", may_correct_claim, after=True),
)
