"""Goods that are short in the demo: bought, late, and one being made (SOP 5.d)."""

from __future__ import annotations

from datetime import timedelta

from django.utils.timezone import localdate

from orders.services.seed.demo.stage import Stage
from stock.models import Sku
from stock.services import supply as acts
from stock.services.goods import save_sku


def play(stage: Stage) -> None:
    """A purchase that is late, one of which a part came today, a production order half-way."""
    scarce = list(Sku.objects.filter(is_top_up=False, level__on_hand__lte=2).order_by("pk")[:3])
    late, partly, made = (scarce * 3)[:3]
    _late(stage, late)
    _partly(stage, partly)
    _making(stage, made)


def _late(stage: Stage, sku: Sku) -> None:
    by, today = stage.by("purchasing"), localdate(stage.now)
    supply = acts.draft_supply(sku, 1, by=by, now=stage.ago(days=9))
    day = today - timedelta(days=4)
    acts.order_supply(supply, "绍兴布厂", day, by=by, now=stage.ago(days=9))
    acts.move_expected(
        supply, today - timedelta(days=1), "面料没有到", by=by, now=stage.ago(days=5)
    )


def _partly(stage: Stage, sku: Sku) -> None:
    by, today = stage.by("purchasing"), localdate(stage.now)
    supply = acts.draft_supply(sku, 30, by=by, now=stage.ago(days=4))
    acts.order_supply(supply, "桐乡针织厂", today + timedelta(days=3), by=by, now=stage.ago(days=4))
    worker, now = stage.by("warehouse"), stage.ago(minutes=50)
    acts.receive_supply(supply, 3, 1, "一件脱线", by=worker, now=now)


def _making(stage: Stage, sku: Sku) -> None:
    by, today = stage.by("purchasing"), localdate(stage.now)
    values = {"made": True, "check_quality": True}
    save_sku(sku, values, by=by, now=stage.ago(days=3))
    sku.refresh_from_db()
    supply = acts.draft_supply(sku, 24, by=by, now=stage.ago(days=3))
    acts.confirm_materials(supply, "布料和扣子都到了", by=by, now=stage.ago(days=2, hours=5))
    acts.schedule_supply(supply, today + timedelta(days=6), by=by, now=stage.ago(days=2))
    acts.check_sample(supply, False, "袖口歪了", by=by, now=stage.ago(hours=22))
