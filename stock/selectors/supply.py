"""What is on its way: worklists, one supply, and what is still to come of a SKU (SOP 5.d)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import date, datetime

from django.db.models import F, QuerySet, Sum

from core.keyset import Page, page
from stock.models import Arrival, Sku, Supply
from stock.policy import COMING, ENDED

DRAFTS = ("draft", "materials")
# What the list shows, by the word in its address.
LISTS: dict[str, str] = {
    "late": "迟到的",
    "coming": "在途",
    "drafts": "没下单的",
    "all": "全部",
}
_ORDERS: dict[str, tuple[str, ...]] = {
    "late": ("expected_on", "id"),
    "coming": ("expected_on", "id"),
    "drafts": ("id",),
    "all": ("-id",),
}


def coming() -> QuerySet[Supply]:
    """What has a day on which it will be here."""
    return Supply.objects.filter(state__in=sorted(COMING))


def late(today: date) -> QuerySet[Supply]:
    """What should have been here (SOP 5.d)."""
    return coming().filter(expected_on__lt=today)


def drafts() -> QuerySet[Supply]:
    """What nobody has ordered or scheduled yet."""
    return Supply.objects.filter(state__in=DRAFTS)


def supply_page(which: str, cursor: str, today: date) -> Page[Supply]:
    """One page of a worklist; raises BadCursor."""
    rows = {
        "late": late(today),
        "coming": coming(),
        "drafts": drafts(),
    }.get(which, Supply.objects.all())
    found = page(rows.select_related("sku"), _ORDERS[which], cursor, mark=f"supply:{which}")
    for row in found.rows:
        row.late_days = late_days(row, today)  # type: ignore[attr-defined]
    return found


def late_days(supply: Supply, today: date) -> int:
    """How many days it should have been here; 0 when it is not late."""
    if supply.expected_on is None or supply.state not in COMING:
        return 0
    return max(0, (today - supply.expected_on).days)


def arrivals_of(supply: Supply, most: int = 20) -> list[Arrival]:
    """What arrived of it, the newest first."""
    return list(Arrival.objects.filter(supply=supply).order_by("-id")[:most])


def arrivals_since(since: datetime) -> QuerySet[Arrival]:
    """What arrived since then, the newest first."""
    return (
        Arrival.objects.filter(at__gte=since).select_related("supply__sku").order_by("-at", "-id")
    )


def supplies_of(sku: Sku) -> list[Supply]:
    """What is not here yet of a SKU, the earliest first."""
    rows = Supply.objects.filter(sku=sku).exclude(state__in=sorted(ENDED))
    return list(rows.order_by("expected_on", "id")[:20])


def on_order(sku_ids: Collection[int]) -> dict[int, int]:
    """How many good pieces are still to come of each SKU, drafts too."""
    rows = Supply.objects.filter(sku__in=sku_ids).exclude(state__in=sorted(ENDED))
    sums = rows.values("sku").annotate(left=Sum(F("quantity") - F("good")))
    return {row["sku"]: max(0, row["left"]) for row in sums}


def to_come(sku_ids: Collection[int]) -> dict[int, list[tuple[date, int]]]:
    """Day and pieces of what will come of each SKU; one query."""
    rows = coming().filter(sku__in=sku_ids, quantity__gt=F("good")).order_by("expected_on", "id")
    found: dict[int, list[tuple[date, int]]] = defaultdict(list)
    for sku, day, quantity, good in rows.values_list("sku", "expected_on", "quantity", "good"):
        if day is not None:
            found[sku].append((day, quantity - good))
    return found


def moved(limit: int) -> list[Supply]:
    """Whose date changed without that anybody who waits was told."""
    rows = Supply.objects.filter(moved_at__isnull=False).select_related("sku")
    return list(rows.order_by("moved_at", "id")[:limit])
