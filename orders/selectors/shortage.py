"""What open orders lack, and when it will be here (SOP 1.3, 5.b, 5.d)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Min, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from orders.models import OrderLine
from orders.selectors.short import MISSING
from stock import policy
from stock.models import Sku
from stock.selectors.supply import on_order, to_come

MOST = 300  # SKUs on one screen; whoever lacks more begins with those


@dataclass(frozen=True, slots=True)
class Short:
    """A SKU that orders wait for, in pieces. `wanted`: what nobody has ordered yet."""

    sku: Sku
    lack: int
    orders: int
    since: datetime
    coming: int
    wanted: int


def short_goods() -> list[Short]:
    """What open lines lack by SKU, those that wait longest first (SOP 5.d); three queries."""
    lines = OrderLine.objects.filter(short_since__isnull=False, sku__isnull=False)
    rows = lines.order_by().values("sku")
    found = rows.annotate(
        lack=MISSING, orders=Count("order", distinct=True), since=Min("short_since")
    ).order_by("since", "sku")[:MOST]
    by_sku = {row["sku"]: row for row in found}
    coming = on_order(by_sku)
    wanted = policy.propose({key: row["lack"] for key, row in by_sku.items()}, coming)
    skus = Sku.objects.in_bulk(by_sku)
    return [
        Short(
            skus[key],
            row["lack"],
            row["orders"],
            row["since"],
            coming.get(key, 0),
            wanted.get(key, 0),
        )
        for key, row in by_sku.items()
    ]


def expected_dates(lines: Collection[OrderLine]) -> dict[int, date | None]:
    """By line that waits: the day on which enough arrives for it; None: nothing covers it.

    What arrives first serves who waits longest (SOP 5.d). Two queries, none where nobody waits.
    """
    short = {line.pk: line for line in lines if line.short_since is not None and line.sku_id}
    if not short:
        return {}
    since = OuterRef("short_since")
    older = OrderLine.objects.filter(sku=OuterRef("sku"), short_since__isnull=False)
    older = older.filter(Q(short_since__lt=since) | Q(short_since=since, pk__lt=OuterRef("pk")))
    total = older.order_by().values("sku").annotate(n=MISSING).values("n")
    asked = OrderLine.objects.filter(pk__in=short).annotate(before=Coalesce(Subquery(total), 0))
    before = dict(asked.values_list("pk", "before"))
    arrivals = to_come({line.sku_id for line in short.values() if line.sku_id})
    return {
        key: policy.covered(
            [(0, before.get(key, 0)), (key, line.quantity - line.reserved)],
            arrivals.get(line.sku_id or 0, []),
        )[key]
        for key, line in short.items()
    }


def all_here(dates: Iterable[date | None]) -> date | None:
    """The day on which an order has everything; None when a line has no day."""
    known = list(dates)
    days = [day for day in known if day is not None]
    return max(days) if days and len(days) == len(known) else None
