"""Make drafts of what is short, all at once (SOP 5.d)."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime

from core.acts import Actor, Repeated, act_on
from stock.models import Sku
from stock.services.supply import draft_supply

MOST_PIECES = 100_000


def draft_all(
    wanted: Mapping[int, int], *, by: Actor, now: datetime, token: uuid.UUID | None = None
) -> int:
    """A draft for each SKU with its quantity, all or none; says how many. The same form: none."""
    rows: list[Sku] = []
    try:
        with act_on("draft_supply", rows, by=by, now=now, token=token, clause="5.d") as (_, log):
            for sku in Sku.objects.filter(pk__in=list(wanted)).order_by("pk"):
                draft_supply(sku, wanted[sku.pk], by=by, now=now)
            log.noted(f"按缺货建了 {len(wanted)} 张采购、生产草稿")
    except Repeated:
        return 0
    return len(wanted)
