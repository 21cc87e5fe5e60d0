"""Money beyond what was paid, as pure functions: its own limit, approver, evidence (SOP 1.5.f)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from core.money import ZERO
from core.verdict import Verdict, no, yes
from orders.policy import OrderFacts
from orders.words import OrderState
from refunds.deciding import Limits
from refunds.words import PayoutState

S = PayoutState


@dataclass(frozen=True, slots=True)
class PayoutFacts:
    """What decisions on a payout depend on; persons by their ids."""

    state: PayoutState
    amount: Decimal
    asked_by: int | None = None
    first_by: int | None = None  # who agreed while a second is missing
    transfer_no: str = ""
    made_by: int | None = None


def may_ask(order: OrderFacts) -> Verdict:
    """May a payout be asked for? Only for what somebody paid."""
    if order.merged:
        return no("2.b", f"这单合并到 {order.merged} 去了。", instead="到那一单上申请赔付。")
    if order.state is OrderState.UNPAID or order.paid <= ZERO:
        return no("1.5.f", "买家还没有付款，没有什么可赔付。")
    return yes("1.5.f", "超出买家实付的钱：退货运费、赔偿。要凭证，由别人审，财务转账。")


def alone(role: str, limits: Limits) -> Decimal | None:
    """Up to how many yuan one of this role suffices; None: whatever it is."""
    return None if role == "owner" else limits.payout


def enough(payout: PayoutFacts, role: str, limits: Limits) -> bool:
    """Is it approved with this one, or does it wait for a second?"""
    most = alone(role, limits)
    return most is None or payout.amount <= most or payout.first_by is not None


def may_agree(payout: PayoutFacts, who: int | None, role: str, limits: Limits) -> Verdict:
    """May this person agree? Says beforehand where that is not enough."""
    found = may_refuse(payout, who)
    if found.allowed and who == payout.first_by:
        return no("1.5.f", "您已经同意了，金额超过一个人的权限。", instead="请另一个人再审。")
    if found.allowed and not enough(payout, role, limits):
        most = alone(role, limits)
        return yes("1.5.f", f"超过一个人可批的 {most} 元：您同意后还要另一个人来审，才转账。")
    return found


def agreeing(payout: PayoutFacts, role: str, limits: Limits) -> str:
    """What the button says: agreed with this one, or one of two."""
    return "同意" if enough(payout, role, limits) else "同意，还要另一位审"


def may_refuse(payout: PayoutFacts, who: int | None) -> Verdict:
    """May this person refuse it? Who asked never decides."""
    if payout.state is not S.REVIEW:
        return no("1.5.f", f"赔付{payout.state.label}，不在待审核。")
    if who is not None and who == payout.asked_by:
        return no("1.5.f", "自己申请的赔付，要别人来审。")
    return yes("1.5.f", "同意后由财务转账、两人复核。")


def may_enter(payout: PayoutFacts) -> Verdict:
    """May finance enter the transfer that it made?"""
    if payout.state is not S.APPROVED:
        return no("1.5.f", f"赔付{payout.state.label}，没有要转的账。")
    return yes("1.5.f", "在网银转好以后登记流水号，由另一个人复核。")


def may_confirm(payout: PayoutFacts, who: int | None) -> Verdict:
    """A second person saw the transfer at the bank."""
    found = may_enter(payout)
    if not found.allowed:
        return found
    if not payout.transfer_no:
        return no("1.5.f", "还没有登记转账。", instead="先转账、登记流水号。")
    if who == payout.made_by:
        return no("1.5.f", "自己登记的转账，要另一个人复核。")
    return yes("1.5.f", "在网银核对金额和流水号，确认后赔付完成。")
