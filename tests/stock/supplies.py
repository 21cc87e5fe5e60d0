"""Supplies as tests need them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from core.acts import TIMER
from stock.factories import SkuFactory
from stock.models import Sku, Supply
from stock.services import supply as acts

NOW = datetime(2026, 12, 1, 2, tzinfo=UTC)  # 10:00 in China
DAY = date(2026, 12, 8)


def common(at: datetime = NOW, **more: Any) -> dict[str, Any]:
    """What every act takes."""
    return {"by": TIMER, "now": at} | more


def draft(quantity: int = 10, **about: Any) -> Supply:
    """A draft for a new SKU; `made=True`: a production order."""
    sku: Sku = SkuFactory.create(**{"on_hand": 0} | about)
    return acts.draft_supply(sku, quantity, **common())


def ordered(quantity: int = 10, on: date = DAY, **about: Any) -> Supply:
    """A purchase that the supplier has."""
    supply = draft(quantity, **about)
    acts.order_supply(supply, "绍兴布厂", on, **common())
    supply.refresh_from_db()
    return supply


def scheduled(quantity: int = 10, on: date = DAY, **about: Any) -> Supply:
    """A production order with a due date."""
    supply = draft(quantity, made=True, **about)
    acts.confirm_materials(supply, "", **common(NOW + timedelta(minutes=1)))
    acts.schedule_supply(supply, on, **common(NOW + timedelta(minutes=2)))
    supply.refresh_from_db()
    return supply
