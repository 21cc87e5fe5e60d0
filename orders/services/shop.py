"""Make a shop, or change its settings."""

from __future__ import annotations

from datetime import datetime

from core.acts import Actor, act_on
from orders.models import Order, Shop
from orders.models.indexes import MERGEABLE


def save_shop(shop: Shop, *, by: Actor, now: datetime) -> Shop:
    """Keep the settings as the owner typed them; history says who changed what."""
    rows: list[Shop] = []
    with act_on("save_shop", rows, by=by, now=now) as (_, log):
        shop.save()
        _review_what_waits(shop, now)
        log.about(shop)
        log.noted(f"店铺 {shop.code} 的设置")
    return shop


def _review_what_waits(shop: Shop, now: datetime) -> None:
    """Other settings of the review: the rules run again on what was not released (SOP 2.b)."""
    waiting = Order.objects.filter(MERGEABLE, shop=shop, review_at__isnull=True)
    waiting.update(review_at=now)
