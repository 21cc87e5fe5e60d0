"""Rows of stock and purchases that addresses name."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from core.acts import Actor
from core.models import Job
from staff.models import User
from stock.factories import SkuFactory
from stock.services.supply import draft_supply, order_supply
from warehouse.models import TakeLine
from warehouse.services.takes import begin_take, count


def stock_rows(person: User, shelf: str = "Z-09") -> dict[str, Any]:
    """A SKU, what is on its way, and an import of goods; by the names in addresses."""
    by, now = Actor.person(person), timezone.now()
    sku = SkuFactory.create(shelf=shelf, on_hand=5)
    supply = draft_supply(sku, 8, by=by, now=now)
    order_supply(supply, "绍兴布厂", timezone.localdate(), by=by, now=now)
    take = begin_take(shelf, [], by=by, now=now)
    line = TakeLine.objects.select_related("sku", "take").get(take=take)
    count(line, 4, by=by, now=now)
    job = Job(kind="import_goods", title="商品.csv", by=person, not_before=now)
    counts = dict.fromkeys(("created", "changed", "levels", "unchanged", "rows"), 1)
    bad = [[3, "售价", "一百", "金额认不出。", ["A3", "一百"]]]
    job.result = counts | {"header": ["商家编码", "售价"], "rejected": bad, "samples": []}
    job.params = {"levels": True, "unconfirmed": True}
    job.save()
    return {
        "sku_id": sku.pk,
        "supply_id": supply.pk,
        "take_id": take.pk,
        "take_line_id": line.pk,
        "import_id": job.pk,
        "file_kind": "csv",
    }
