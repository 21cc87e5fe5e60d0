"""Goods that come back: what was asked about them, and may they (SOP 1.4.a, 1.4.b)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from aftersales import policy
from aftersales.kinds import kind_of
from aftersales.rules import Reason, Rules
from aftersales.selectors.left import titles_of, too_many
from aftersales.selectors.versions import rules_for
from aftersales.words import CaseKind
from core.verdict import Verdict, no
from core.workdays import CHINA
from orders.models import Order


@dataclass(frozen=True, slots=True)
class GoodsBack:
    """What the customer wants to send back, and what was asked about it (SOP 1.4.a, 1.4.b)."""

    pieces: Mapping[int, int] = field(default_factory=dict)
    reason: str = ""
    received_on: date | None = None
    tags: bool = True
    packaging: bool = True
    wants: str = ""
    overruled: str = ""


def verdict_for(
    order: Order, kind: CaseKind, back: GoodsBack, now: datetime, *, senior: bool
) -> Verdict:
    """May these goods come back (SOP 1.4.a, 1.4.b)? The preview and the act ask the same."""
    opened = kind_of(kind).may_open(order.facts())
    if not opened.allowed:
        return opened
    if not any(back.pieces.values()):
        return no("1.4.a", "还没有选退哪一件。", instead="跟买家确认是哪一件、几件，再填件数。")
    if more := too_many(order, back.pieces):
        return no("1.4.a", f"{more}没有这么多件可以退了。", instead="看看这一单别的售后单和退款。")
    rules = rules_for(order)
    reason = _reason(rules, back.reason, kind)
    if reason is None:
        return no("1.4.a", "还没有选原因。", instead="问清楚为什么，选一个原因。")
    asked = policy.Asked(
        kind,
        reason.fault,
        back.received_on,
        back.tags,
        back.packaging,
        titles_of(order, back.pieces),
        back.overruled,
        senior,
    )
    return policy.eligible(rules, asked, now.astimezone(CHINA).date())


def _reason(rules: Rules, code: str, kind: CaseKind) -> Reason | None:
    return next((one for one in rules.reasons_for(kind) if one.code == code), None)


def passed_over(verdict: Verdict, back: GoodsBack) -> str:
    """Why a senior let it pass all the same; "" where nothing stood against it."""
    return back.overruled if verdict.reason.startswith("破例") else ""
