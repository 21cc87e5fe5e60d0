"""Goods that came go to those who wait, the longest first, by themselves (SOP 1.3, 5.b).

A level that has more to sell is marked (`freed_at`); a receipt serves at once, a sweep the rest.
"""

from __future__ import annotations

from datetime import datetime

from core.acts import TIMER, Change
from orders.models import Order, OrderLine
from orders.selectors.short import waiting
from orders.services.acting import order_act
from orders.services.allot import Need
from orders.services.stocking import reserve_goods
from stock.models import StockLevel
from stock.services.ledger import distributed

SKUS = 50  # a batch
ORDERS = 50  # of one SKU at a time


def serve_marked(now: datetime) -> int:
    """A batch of the marked levels; says how many were looked after."""
    marked = StockLevel.objects.filter(freed_at__isnull=False).order_by("freed_at")[:SKUS]
    levels = list(marked)
    wanted = waiting(level.pk for level in levels).order_by().values_list("sku_id", flat=True)
    asked = set(wanted.distinct()) if levels else set()
    for level in levels:
        if level.pk in asked:
            serve(level, now)
        elif level.freed_at is not None:
            distributed(level.pk, level.freed_at)
    return len(levels)


def serve(level: StockLevel, now: datetime, most: int = ORDERS) -> list[Order]:
    """Give what this level has to the orders that wait for it; returns those that got some.

    Each order is an act of its own: who is stopped half-way has given to the oldest.
    """
    lines = list(waiting([level.pk]).select_related("order")[:most])
    served = []
    for line in lines:
        if not _any_left(level):
            break
        if _serve(line, now):
            served.append(line.order)
    if level.freed_at is not None and (len(lines) < most or not _any_left(level)):
        distributed(level.pk, level.freed_at)
    return served


def _any_left(level: StockLevel) -> bool:
    level.refresh_from_db(fields=["on_hand", "reserved"])
    return level.available > 0


def _serve(line: OrderLine, now: datetime) -> bool:
    with order_act("goods_arrived", line.order, by=TIMER, now=now) as (order, log):
        got = [need for need in reserve_goods(order, now) if need.changed]
        log.changed([_said(need) for need in got])
        whole = not any(need.missing for need in got)
        log.noted("到货，缺的货齐了" if whole else "到货，先占一部分", clause="1.3.d")
    return bool(got)


def _said(need: Need) -> Change:
    return Change(f"已预占 {need.label}", str(need.before[0]), f"{need.reserved}/{need.quantity}")
