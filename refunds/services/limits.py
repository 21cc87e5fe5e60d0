"""The owner's limits of approvals (SOP 1.5)."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from core.acts import Actor, Change, Conflict, act_on
from core.models import Act
from refunds.models import RefundLimits

LABELS = {
    "supervisor": "主管一人可批",
    "finance": "财务一人可批",
    "payout": "赔付一人可批",
    "large": "大额提示",
    "often": "常退款提示",
}


def save_limits(
    values: Mapping[str, Any],
    *,
    by: Actor,
    now: datetime,
    seen: int | None = None,
    token: uuid.UUID | None = None,
) -> Act:
    """Who may approve how much alone, and what counts as a risk. Raises Conflict, Repeated."""
    none: list[RefundLimits] = []
    with act_on("save_refund_limits", none, by=by, token=token, now=now, clause="1.5") as (_, log):
        row = RefundLimits.objects.select_for_update().first() or RefundLimits()
        if seen is not None and seen != row.version:
            raise Conflict(row, seen)
        changes = [
            Change(label, str(getattr(row, name)), str(values[name]))
            for name, label in LABELS.items()
            if getattr(row, name) != values[name]
        ]
        for name in LABELS:
            setattr(row, name, values[name])
        row.version += 1
        row.save()
        log.about(row)
        log.act.changes = [[c.label, c.before, c.after] for c in changes]
        log.noted("退款权限改好了", clause="1.5")
    return log.act
