"""Make a shop, or change its settings."""

from __future__ import annotations

from datetime import datetime

from core.acts import Actor, act_on
from orders.models import Shop


def save_shop(shop: Shop, *, by: Actor, now: datetime) -> Shop:
    """Keep the settings as the owner typed them; history says who changed what."""
    rows: list[Shop] = []
    with act_on("save_shop", rows, by=by, now=now) as (_, log):
        shop.save()
        log.about(shop)
        log.noted(f"店铺 {shop.code} 的设置")
    return shop
