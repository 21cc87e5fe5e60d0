"""The demo's stock-take: a zone half counted; a difference waits for a second person."""

from __future__ import annotations

from orders.services.seed.demo.stage import Stage
from stock.models import Sku
from warehouse.models import TakeLine
from warehouse.selectors.takes import on_shelf
from warehouse.services.takes import begin_take, count


def play(stage: Stage) -> None:
    """Some of a zone are counted by two colleagues; of one a piece is missing."""
    first = Sku.objects.exclude(shelf="").filter(is_top_up=False).order_by("shelf").first()
    if first is None:
        return
    zone, now = first.shelf[:4], stage.ago(minutes=40)
    take = begin_take(zone, [], by=stage.by("supervisor"), now=now)
    lines = TakeLine.objects.filter(take=take).select_related("sku", "take").order_by("shelf", "id")
    for place, line in enumerate(lines[:5]):
        there = max(on_shelf(line.sku_id), 0)
        found = max(there - 1, 0) if place == 2 else there
        by = stage.by("warehouse" if place % 2 else "warehouse2")
        count(line, found, by=by, now=stage.ago(minutes=35 - place * 5))
