"""Nobody has it, with what the rooms above the orders have in hand (SOP 5.c)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from core.keyset import Page
from orders.models import Order
from orders.selectors.filters import shops_of
from orders.selectors.nobody import BY_KEY, Asked, countable, nobody_page, since, stage_of
from warehouse.selectors.moving import moving


def _asked(user: Any, now: datetime) -> Asked:
    return Asked(user, shops_of(user), now, moving(now))


def forgotten(user: Any, now: datetime) -> list[QuerySet[Order]]:
    """What the header counts."""
    return countable(_asked(user, now))


def forgotten_page(user: Any, stage: str, cursor: str, now: datetime) -> Page[Order]:
    """A page, each order with its stage, since when, and for how long. Raises BadCursor."""
    stage = stage if stage in BY_KEY else ""
    found = nobody_page(_asked(user, now), stage, cursor, f"nobody-{stage}")
    for order in found.rows:
        order.stage, order.since = stage_of(order), since(order)  # type: ignore[attr-defined]
    return found
