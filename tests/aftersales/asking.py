"""Orders that arrived, and cases on them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from aftersales.models import Case, CaseLine
from aftersales.policy import Found
from aftersales.services.arrivals import count_goods, finish_arrival
from aftersales.services.goods_back import GoodsBack
from aftersales.services.inspection import inspect_goods
from aftersales.services.parcels import note_waybill
from aftersales.services.returns import open_return
from core.acts import Actor
from orders.models import Order
from tests.refunds.asking import WED, by_alipay, own_shop, paid_order

DAY = timedelta(days=1)


def received(days: float = 3, **values: Any) -> Order:
    """An own shop's order, paid by Alipay, received so many days before `WED`."""
    values.setdefault("shop", own_shop())
    values.setdefault("state", "received")
    values.setdefault("received_at", WED - days * DAY)
    return by_alipay(paid_order(24 * (days + 3), **values))


def back(order: Order, reason: str = "size", pieces: int = 1, **more: Any) -> GoodsBack:
    """One piece of the first line, for a reason."""
    line = order.lines.order_by("id").first()
    at = order.received_at
    more.setdefault("received_on", at.date() if at else None)
    return GoodsBack({line.pk if line else 0: pieces}, reason, **more)


def opened(
    order: Order, by: Actor, what: GoodsBack | None = None, now: datetime = WED, **more: Any
) -> Case:
    """A return that was opened."""
    open_return(order, what or back(order), by=by, now=now, **more)
    return newest()


def newest() -> Case:
    return Case.objects.select_related("order__shop", "version_of", "shop").latest("id")


def on_its_way(case: Case, by: Actor, now: datetime = WED) -> Case:
    """The buyer told the waybill."""
    note_waybill(case, "YTO", "YT8800000001", by=by, now=now)
    return now_of(case)


def arrived(case: Case, by: Actor, got: int | None = None, now: datetime = WED) -> Case:
    """Counted at the dock: what was expected, unless said otherwise."""
    for line in case.lines.all():
        pieces = line.pieces if got is None else got
        if pieces and line.sku:
            count_goods(case, line.sku.code, pieces, by=by, now=now)
    finish_arrival(now_of(case), by=by, now=now)
    return now_of(case)


def inspected(case: Case, by: Actor, found: Found | None = None, now: datetime = WED) -> Case:
    """All that came is good, unless said otherwise."""
    grades = {line.pk: found or Found(good=line.got) for line in case.lines.all()}
    inspect_goods(case, grades, dict.fromkeys(grades, "有穿过的痕迹"), by=by, now=now)
    return now_of(case)


def all_of(case: Case) -> dict[int, int]:
    """All that came counts."""
    return {line.pk: line.got for line in case.lines.all()}


def now_of(case: Case) -> Case:
    """The case as it stands now."""
    return Case.objects.select_related("order__shop", "version_of", "shop").get(pk=case.pk)


def only_line(case: Case) -> CaseLine:
    return case.lines.get()
