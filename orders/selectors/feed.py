"""What changed at a shop since a cursor, for other systems: nothing is ever skipped (SOP 5.a).

Each change of an order has a row of history with a growing number; the cursor is the last number
looked at. A number is given when the row is written and seen when its transaction commits, so a
lower one may appear after a higher one. On PostgreSQL therefore only changes are listed that are
older than `LAG`, which is longer than any transaction of ours takes; SQLite commits in order.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Max, Min, QuerySet

from orders.models import Order, Shop

LAG = timedelta(seconds=60)
REACH = 5000  # so many changes, of all shops, are looked through for a page


@dataclass(frozen=True, slots=True)
class Feed:
    """Orders as they stand now, by their first change after the cursor; where to go on."""

    orders: list[Order]
    after: int
    more: bool


def orders_of(shop: Shop) -> QuerySet[Order]:
    """The shop's orders with all that the API shows of them."""
    orders = Order.objects.filter(shop=shop).select_related("shop", "merged_into")
    return orders.prefetch_related("lines", "payments__trade", "holds", "merged_from")


def changes(shop: Shop, after: int, limit: int, now: datetime) -> Feed:
    """At most `limit` orders that changed after the cursor; an order comes once a page."""
    rows: QuerySet[Any] = Order.history.filter(history_id__gt=after).order_by("history_id")
    reached, more = _end(rows, after, now)
    ours = rows.filter(history_id__lte=reached, shop_id=shop.pk)
    seen: dict[int, None] = {}
    looked_at = limit * 4  # one order with many changes does not fill a page for ever
    for place, (number, order) in enumerate(ours.values_list("history_id", "id")[: looked_at + 1]):
        if place == looked_at or (order not in seen and len(seen) == limit):
            return _feed(shop, list(seen), number - 1, more=True)
        seen[order] = None
    return _feed(shop, list(seen), reached, more=more)


def _feed(shop: Shop, ids: list[int], after: int, *, more: bool) -> Feed:
    found = {order.pk: order for order in orders_of(shop).filter(pk__in=ids)}
    return Feed([found[key] for key in ids if key in found], after, more)


def _end(rows: QuerySet[Any], after: int, now: datetime) -> tuple[int, bool]:
    """The last number that may be looked at, and whether there are more beyond it already."""
    far = next(iter(rows.values_list("history_id", flat=True)[REACH - 1 : REACH]), None)
    last = far or rows.aggregate(last=Max("history_id"))["last"] or after
    if connection.vendor != "postgresql":
        return last, far is not None
    young = rows.filter(history_id__lte=last, history_date__gt=now - LAG)
    first = young.aggregate(first=Min("history_id"))["first"]
    return (last, far is not None) if first is None else (first - 1, False)
