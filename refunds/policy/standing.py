"""A refund that is there: match, withdraw, hand in again, approve (architecture §4)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from core.money import ZERO
from core.verdict import Say, Verdict, no, yes
from orders.words import Stop
from refunds.policy.asking import needs_fault
from refunds.policy.groups import BEFORE_REVIEW, ENDED, OPEN_TO_ASKER, R
from refunds.words import (
    Fault,
    RefundKind,
    RefundState,
)


@dataclass(frozen=True, slots=True)
class RefundFacts:
    """What decisions on a refund depend on. `gone`: its order has left the house."""

    number: str = ""
    state: RefundState = R.REVIEW
    kind: RefundKind = RefundKind.WHOLE
    amount: Decimal = ZERO
    applies: bool = False  # the customer applies on the platform
    application: str = ""  # the platform's number, once it is here
    stop: Stop = Stop.NONE
    gone: bool = False
    fault: Fault | None = None
    asked_by: int | None = None
    assigned_to: int | None = None  # which supervisor is to decide
    by_hand: bool = False  # a colleague pays it back, or agrees on the platform
    code: str = ""  # what the gateway answered last
    transfer_no: str = ""
    made_by: int | None = None  # who made the transfer

    @property
    def left(self) -> bool:
        """Has it left, or can the warehouse not stop it any more (SOP 1.5.c)?"""
        return self.gone or self.stop is Stop.TOO_LATE

    @property
    def needs_fault(self) -> bool:
        return needs_fault(self.kind, left=self.left)


def may_match(refund: RefundFacts) -> Verdict:
    """Take in the number of the buyer's own application on the platform (1.5, reading)."""
    if not refund.applies:
        return no("1.5", "这笔不是平台保管的钱，不用买家在平台上申请。")
    if refund.application:
        return no("1.5", f"已经对上平台退款 {refund.application} 了。")
    if refund.state in BEFORE_REVIEW | {R.RETURNED}:
        return yes("1.5", "填平台上的退款编号，对上以后送审。")
    return no("8", f"退款{refund.state.label}，不用再对了。")


def may_withdraw(refund: RefundFacts, *, by_person: bool = True) -> Verdict:
    """Take the request back (screens: request ↔ withdraw)."""
    if refund.state in ENDED:
        return no("1.5", f"退款{refund.state.label}，不能撤回。")
    if refund.state not in OPEN_TO_ASKER:
        return no(
            "1.5",
            f"退款{refund.state.label}，钱已经要退了，不能撤回。",
            instead="请主管先撤销通过。",
        )
    if by_person and refund.application:
        return no(
            "1.5",
            f"买家在平台上的申请（{refund.application}）还开着，不能只在这里撤回。",
            Say("refund.cancel_there"),
            "请买家在平台上撤销申请，撤销后这里会自动撤回。",
        )
    return yes("1.5", "撤回后解除挂起，订单照常往下走。", Say("refund.withdrawn"))


def may_ship_instead(refund: RefundFacts) -> Verdict:
    """The buyer wants the goods after all: withdrawn, and it goes on to the warehouse."""
    if refund.kind not in (RefundKind.WHOLE, RefundKind.GOODS) or refund.left:
        return no("1.5", "这笔退款没有扣住货，直接撤回就可以。")
    withdrawn = may_withdraw(refund)
    if not withdrawn.allowed:
        return withdrawn
    return yes("1.5", "退款撤回、解除挂起，没有别的疑点就马上下发仓库。", Say("refund.ship"))


def may_resubmit(refund: RefundFacts) -> Verdict:
    """Hand it in again with what was asked for (退回补充)."""
    if refund.state is not R.RETURNED:
        return no("1.5", f"退款{refund.state.label}，没有被退回，不用补充。")
    return yes("1.5", "补好责任方、说明和凭证，再送审。")


def may_resubmit_so(refund: RefundFacts, fault: Fault | None) -> Verdict:
    """With this fault, or with the one that stands there: what has left needs one (SOP 1.5.c)."""
    allowed = may_resubmit(refund)
    if allowed.allowed and refund.needs_fault and (fault or refund.fault) is None:
        return no("1.5.c", "已经发货的，先定是谁的责任。", instead="选好责任方，再提交。")
    return allowed


def may_add_evidence(refund: RefundFacts) -> Verdict:
    """Add a picture or a document."""
    if refund.state in ENDED:
        return no("1.5", f"退款{refund.state.label}，不用再补凭证。")
    return yes("1.5", "JPG、PNG、WebP 图片或 PDF。")


def may_approve(refund: RefundFacts, approver: int | None = None) -> Verdict:
    """Is there nothing in the way of an approval? Who asked never approves (architecture §7)."""
    if refund.state is not R.REVIEW:
        return no("1.5", f"退款{refund.state.label}，不在待审核。")
    if approver is not None and approver == refund.asked_by:
        return no("1.5", "自己申请的退款，要别人来审。", instead="请另一位主管审核。")
    if refund.applies and not refund.application:
        return no("1.5", "买家还没有在平台上申请，不能通过。", instead="请买家先申请，对上编号。")
    if refund.stop is Stop.ASKED:
        return no("1.5", "仓库还没有回答拦没拦住，不能通过。", instead="等仓库拦下再审。")
    if refund.needs_fault and refund.fault is None:
        return no("1.5.c", "货已经发出，先定是谁的责任。", instead="退回给客服补充责任方。")
    return yes("1.5", "可以通过。")
