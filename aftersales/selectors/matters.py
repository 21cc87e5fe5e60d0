"""What an open case waits for, as the order's page says it (SOP 1.6.c)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from aftersales.models import Case
from aftersales.selectors.telling import closing_of, tell_of
from core.verdict import yes
from orders.selectors.offers import Offer
from orders.situation import Situation
from staff.matrix import may

ACT = "view_case"


def matter_of(cases: Sequence[Case]) -> tuple[Case | None, Situation | None]:
    """Of an order's cases the open one that is due first: kind, what it waits for, until when."""
    waiting = sorted((case for case in cases if case.is_open), key=lambda case: case.due_at)
    if not waiting:
        return None, None
    case, more = waiting[0], len(waiting) - 1
    waits = f"{case.lies_with}：{case.get_waits_for_display()}"
    what = f"{case.get_kind_display()}（{waits}）"
    detail = f"{case.number}，{case.owner_name or '没有人'}在办。"
    detail += f"另有 {more} 个售后单。" if more else ""
    late = case.late or case.escalated_at is not None
    return case, Situation(
        what,
        detail,
        "bad" if late else "warn",
        ACT,
        timezone.localtime(case.due_at),
        closing_of(case) if case.late else tell_of(case),
        case.get_kind_display(),
        until_of="等到",
    )


def way_to(case: Case | None, what: Situation, user: Any) -> Offer | None:
    """The accented button, where the case is what matters."""
    if case is None or what.act != ACT or not may(user, "view_case"):
        return None
    url = case.get_absolute_url()
    return Offer(ACT, "看售后单", url, yes("1.4"), "", main=True, page=True)
