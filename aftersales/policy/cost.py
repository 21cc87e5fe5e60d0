"""Who pays which way, and what the customer is told of it (SOP 1.4.c, 1.4.e)."""

from __future__ import annotations

from decimal import Decimal

from aftersales.rules import Cost, Rules
from aftersales.words import CaseKind
from core.verdict import Say, Verdict, no, yes
from refunds.words import Fault, FreightPayer


def cost_said(rules: Rules, kind: CaseKind, fault: Fault) -> Say:
    """What the customer is told of the cost before anything is sent (SOP 1.4.c)."""
    cost = rules.cost(fault)
    both = kind is CaseKind.EXCHANGE
    if cost.back is FreightPayer.SELLER:
        return Say("case.cost.ours.exchange" if both else "case.cost.ours")
    if both:
        return Say("case.cost.theirs.exchange", {"freight": f"{rules.freight:.2f}"})
    return Say("case.cost.theirs")


def new_cost_said(kind: CaseKind, cost: Cost, label: str) -> Say | None:
    """What it costs now that the reason is another; None where no parcel goes (SOP 1.4.c)."""
    parts = []
    if kind in (CaseKind.RETURN, CaseKind.EXCHANGE):
        parts.append(f"寄回的运费{_theirs_or_ours(cost.back)}")
    if kind in (CaseKind.EXCHANGE, CaseKind.RESHIP, CaseKind.UNDELIVERABLE):
        parts.append(f"重新寄出的运费{_theirs_or_ours(cost.out)}")
    return Say("case.reason", {"reason": label, "cost": "，".join(parts)}) if parts else None


def _theirs_or_ours(payer: FreightPayer) -> str:
    return "我们承担" if payer is FreightPayer.SELLER else "由您承担"


def may_pay_freight(rules: Rules, amount: Decimal, why: str) -> Verdict:
    """Freight that the buyer paid for us: up to the policy's, above it with a reason (1.5.f)."""
    if amount > rules.freight and not why:
        return no(
            "1.5.f",
            f"超过政策里的运费 {rules.freight:.2f} 元。",
            instead="照运费单填，写明为什么贵（偏远、超重），主管看了再批。",
        )
    return yes("1.5.f", "凭运费单赔给买家，由别人审、财务转账。")
