"""A supervisor's decision on a refund as pure functions: limits, risks, who may (SOP 1.5, 1.2.f).

No clock, no database. Who asked never decides; above a role's limit a second person agrees, too.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from core.money import ZERO
from core.verdict import Say, Verdict, no, yes
from refunds.policy import RefundFacts
from refunds.policy import may_approve as ready
from refunds.words import RefundState, RiskKind

R = RefundState
UNDO = timedelta(seconds=30)  # an approval may be taken back before the money is sent
LATELY = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Limits:
    """What the owner set, yuan: up to which one of a role suffices; from which it is a risk."""

    supervisor: Decimal = Decimal("500.00")
    finance: Decimal = Decimal("2000.00")
    large: Decimal = Decimal("1000.00")
    often: int = 3
    payout: Decimal = Decimal("100.00")  # one person alone, beyond what was paid (1.5.f)

    def alone(self, role: str) -> Decimal | None:
        """Up to how many yuan one of this role suffices; None: whatever it is."""
        return {"owner": None, "supervisor": self.supervisor, "finance": self.finance}.get(
            role, ZERO
        )


def enough(amount: Decimal, role: str, limits: Limits, agreed: Collection[int]) -> bool:
    """Is it approved with this one, or does it wait for a second? `agreed`: who did before."""
    alone = limits.alone(role)
    return alone is None or amount <= alone or bool(agreed)


def may_approve(
    refund: RefundFacts, who: int | None, agreed: Collection[int], role: str, limits: Limits
) -> Verdict:
    """May this person agree (SOP 1.5)? `agreed`: who did in this turn.

    Says beforehand where that is not enough.
    """
    found = ready(refund, who)
    if not found.allowed:
        return found
    if who in agreed:
        return no("1.5", "您已经同意了，金额超过一个人的权限。", instead="请另一位主管或财务再审。")
    if not enough(refund.amount, role, limits, agreed):
        most = limits.alone(role)
        return yes(
            "1.5", f"超过您一个人可批的 {most} 元：您同意后还要另一位主管或财务来审，才退款。"
        )
    seconds = int(UNDO.total_seconds())
    return yes("1.5", f"通过后 {seconds} 秒内可以撤销，过后按原路退款。")


def approving(amount: Decimal, role: str, limits: Limits, agreed: Collection[int]) -> str:
    """What the button says: approved with this one, or one of two."""
    return "通过" if enough(amount, role, limits, agreed) else "同意，还要另一位审"


def may_reject(refund: RefundFacts, who: int | None) -> Verdict:
    """May this person refuse it, with a reason for the customer (SOP 1.5.e)?"""
    found = _may_decide(refund, who)
    return found or yes("1.5", "驳回后解除挂起，钱不退；写清原因，客服会告诉买家。")


def may_return(refund: RefundFacts, who: int | None) -> Verdict:
    """May this person give it back for what is missing (退回补充)?"""
    found = _may_decide(refund, who)
    return found or yes("1.5", "写清缺什么，申请人补好以后再送审。")


def _may_decide(refund: RefundFacts, who: int | None) -> Verdict | None:
    if refund.state is not R.REVIEW:
        return no("1.5", f"退款{refund.state.label}，不在待审核。")
    if who is not None and who == refund.asked_by:
        return no("1.5", "自己申请的退款，要别人来审。", instead="不想退了就撤回。")
    return None


def may_assign(refund: RefundFacts) -> Verdict:
    """May it be given to a colleague to decide?"""
    if refund.state is not R.REVIEW:
        return no("1.5", f"退款{refund.state.label}，不在待审核。")
    return yes("1.5", "对方会收到通知；急的时候别人也还能审。")


def may_assign_to(refund: RefundFacts, to: int | None, *, able: bool = True) -> Verdict:
    """May it be given to this one, or back to all (None)? `able`: decides for this shop."""
    allowed = may_assign(refund)
    if not allowed.allowed:
        return allowed
    if to == refund.assigned_to:
        return no("1.5", "已经分给这位同事了。" if to else "本来就没有分给谁。")
    if to is not None and to == refund.asked_by:
        return no("1.5", "这笔是对方自己申请的，要别人来审。", instead="换一位同事。")
    if not able:
        return no("1.5", "对方不能审这家店的退款。", instead="换一位同事。")
    return allowed


def may_undo(refund: RefundFacts, who: int | None, agreed: Collection[int]) -> Verdict:
    """May this person take an approval back? What is sent is sent (screens: approve ↔ undo)."""
    if refund.state is R.APPROVED:
        return yes("1.5", "钱还没有发出去，撤销后回到待审核。")
    if refund.state is R.REVIEW and who in agreed:
        return yes("1.5", "撤销您的同意。")
    if refund.state is R.REVIEW:
        return no("1.5", "这笔还没有通过，没有什么可撤销。")
    return no("1.5", f"退款{refund.state.label}，撤销不了了。", instead="钱退错了请财务联系买家。")


def rejected(why: str) -> Say:
    """What the customer hears of a refusal (SOP 1.5.e)."""
    return Say("refund.rejected", {"why": why})


# -- risks ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RiskFacts:
    """`earlier`: the buyer's other refunds in 30 days; `blocked`: why the lists name the order."""

    amount: Decimal
    earlier: int = 0
    blocked: tuple[str, ...] = ()
    received_at: datetime | None = None


def risks(facts: RiskFacts, limits: Limits) -> list[tuple[RiskKind, str]]:
    """What a supervisor should see before agreeing: kind and why."""
    found: list[tuple[RiskKind, str]] = []
    if facts.blocked:
        found.append((RiskKind.BLOCKED, "".join(facts.blocked)))
    if facts.earlier >= limits.often:
        found.append((RiskKind.OFTEN, f"这位买家 30 天里还有 {facts.earlier} 笔退款。"))
    if facts.amount > limits.large:
        found.append((RiskKind.LARGE, f"金额超过 {limits.large} 元。"))
    if facts.received_at is not None:
        found.append((RiskKind.RECEIVED, "买家已经签收：先看凭证和责任。"))
    return found
