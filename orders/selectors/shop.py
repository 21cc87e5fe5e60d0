"""What was changed on a shop's settings, when and by whom."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from core.models import Act
from orders.models import Shop
from orders.words import How, MessageKind

SHOWN = 20


class ShopChange(NamedTuple):
    at: datetime
    by: str
    fields: Sequence[tuple[str, Any, Any]]


def shop_changes(shop: Shop) -> list[ShopChange]:
    """Newest first; each with label, before and after of the fields that it changed."""
    rows = list(shop.history.order_by("-history_date", "-history_id")[: SHOWN + 1])
    acts = Act.objects.in_bulk([row.history_change_reason for row in rows])
    found = []
    for new, old in zip(rows, [*rows[1:], None], strict=True):
        act = acts.get(new.history_change_reason)
        found.append(ShopChange(new.history_date, act.actor_name if act else "", _diff(old, new)))
    return found[:SHOWN]


def _diff(old: Any, new: Any) -> list[tuple[str, Any, Any]]:
    if old is None:
        return []
    fields = Shop._meta.concrete_fields
    changed = [f for f in fields if getattr(old, f.attname) != getattr(new, f.attname)]
    return [(str(f.verbose_name), _said(old, f.name), _said(new, f.name)) for f in changed]


def _said(row: Any, name: str) -> str:
    value = getattr(row, f"get_{name}_display", lambda: getattr(row, name))()
    if name == "tells":
        value = [_told(told) for told in value]
    if isinstance(value, list):
        return "、".join(map(str, value)) or "—"
    if isinstance(value, bool):
        return "是" if value else "否"
    return "—" if value in (None, "") else str(value)


def _told(told: str) -> str:
    """发货通知 · 短信."""
    kind, _, how = told.partition(":")
    return f"{MessageKind(kind).label} · {How(how).label}"
