"""Keep boxes, freight prices and tolerances as the owner says (SOP 2.f, 2.g)."""

from __future__ import annotations

from datetime import datetime

from django.db import models

from core.acts import Actor, act_on
from warehouse.models import Box, FreightPrice, ShopPacking


def save_packing(row: Box | FreightPrice | ShopPacking, *, by: Actor, now: datetime) -> None:
    """Make or change one row; its history says who and when."""
    rows: list[models.Model] = []
    with act_on("save_packing", rows, by=by, now=now) as (_, log):
        row.save()
        log.about(row)
        log.noted(f"{row._meta.verbose_name}：{row}", clause="2.f")
