"""The demo's repairs: one at each place where it can stand (SOP 7.e)."""

from __future__ import annotations

from decimal import Decimal

from django.utils import timezone

from aftersales.models import Case
from aftersales.services.arrivals import count_goods, finish_arrival
from aftersales.services.goods_back import GoodsBack
from aftersales.services.parcels import note_waybill
from aftersales.services.repairs import (
    Diagnosis,
    answer_quote,
    begin_repair,
    diagnose_repair,
    finish_repair,
    open_repair,
    quote_repair,
    take_repair_fee,
)
from orders.policy import Contacted
from orders.services.seed.demo.stage import Customer, Stage, enter
from orders.words import ContactChannel, IdentityKey, OrderState
from refunds.words import Fault

SAID = Contacted(
    ContactChannel.TELEPHONE,
    frozenset({IdentityKey.ORDER_NO, IdentityKey.ACCOUNT}),
    "拉链拉不上了",
)


def play(stage: Stage) -> None:
    """On its way, to be diagnosed, quoted, answered, paid; being repaired, repaired, not to be."""
    case = _open(stage, 50)
    by = stage.by("agent")
    note_waybill(case, "YTO", "YT8800013001", by=by, now=stage.ago(hours=30))
    _here(stage)
    _quoted(stage, _worn(stage))
    _worn(stage)
    _paid(stage)
    _agreed(stage)
    begin_repair(_free(stage), by=stage.by("aftersales"), now=stage.ago(hours=3))
    case = _free(stage)
    begin_repair(case, by=stage.by("aftersales"), now=stage.ago(hours=3))
    finish_repair(_now(case), "换了拉链", by=stage.by("aftersales"), now=stage.ago(hours=1))
    _unrepairable(stage)


def _open(
    stage: Stage,
    hours: float,
    days: float = 20,
    reason: str = "quality",
    customer: Customer | None = None,
) -> Case:
    goods = [(stage.sku("A1023"), 1)]
    at, state = stage.ago(days=days), OrderState.RECEIVED
    order = enter(stage, "tel", at, state, customer=customer, lines=goods)
    line, on = order.lines.get(), order.received_at or at
    back = GoodsBack({line.pk: 1}, reason, timezone.localdate(on), wants="拉链拉不上")
    open_repair(order, back, by=stage.by("agent"), now=stage.ago(hours=hours), contact=SAID)
    return Case.objects.select_related("order__shop", "version_of", "shop").latest("id")


def _now(case: Case) -> Case:
    return Case.objects.select_related("order__shop", "version_of", "shop").get(pk=case.pk)


def _here(
    stage: Stage, days: float = 20, reason: str = "quality", customer: Customer | None = None
) -> Case:
    """Counted at the dock, and to be diagnosed."""
    case, by = _open(stage, 90, days, reason, customer), stage.by("warehouse")
    sku = case.lines.select_related("sku").get().sku
    count_goods(case, sku.code if sku else "", 1, by=by, now=stage.ago(hours=8))
    finish_arrival(_now(case), by=by, now=stage.ago(hours=7.9))
    return _now(case)


def _diagnosed(stage: Stage, case: Case, found: Diagnosis) -> Case:
    diagnose_repair(case, found, by=stage.by("aftersales"), now=stage.ago(hours=6))
    return _now(case)


def _free(stage: Stage) -> Case:
    return _diagnosed(stage, _here(stage), Diagnosis(True, Fault.SELLER, "拉链头脱落，换拉链"))


def _worn(stage: Stage, customer: Customer | None = None) -> Case:
    """Out of warranty: the customer pays."""
    found = Diagnosis(False, Fault.BUYER, "拉链磨坏了，换拉链")
    return _diagnosed(stage, _here(stage, 400, "worn", customer), found)


def _quoted(stage: Stage, case: Case) -> Case:
    quote_repair(case, Decimal("30.00"), by=stage.by("agent"), now=stage.ago(hours=5))
    return _now(case)


def _agreed(stage: Stage, customer: Customer | None = None) -> Case:
    case = _quoted(stage, _worn(stage, customer))
    by, now = stage.by("agent"), stage.ago(hours=4)
    answer_quote(case, agrees=True, contact=SAID, by=by, now=now)
    return _now(case)


def _paid(stage: Stage) -> None:
    """The top-up order of the same customer is here, and pays the repair."""
    customer = next(stage.customers)
    case = _agreed(stage, customer)
    if stage.top_up is None:
        raise ValueError("the stage has no top-up SKU")
    at, price = stage.ago(hours=3), [(stage.top_up, 42)]
    fee = enter(stage, "tel", at, customer=customer, lines=price, is_top_up=True, ship_by=None)
    take_repair_fee(case, fee, by=stage.by("agent"), now=stage.ago(hours=2))


def _unrepairable(stage: Stage) -> None:
    found = Diagnosis(True, Fault.SELLER, "面料撕裂，补不了", repairable=False)
    _diagnosed(stage, _here(stage), found)
