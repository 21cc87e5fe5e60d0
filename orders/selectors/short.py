"""Lines that wait for goods (SOP 1.3, 5.b)."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import F, QuerySet, Sum

from orders.models import OrderLine

MISSING = Sum(F("quantity") - F("reserved"))


def waiting(skus: Iterable[int]) -> QuerySet[OrderLine]:
    """The lines that wait for these goods, longest first."""
    rows = OrderLine.objects.filter(sku_id__in=list(skus), short_since__isnull=False)
    return rows.order_by("short_since", "id")


def short_skus() -> QuerySet[OrderLine, int | None]:
    """The SKUs that somebody waits for."""
    rows = OrderLine.objects.filter(short_since__isnull=False, sku__isnull=False)
    return rows.order_by().values_list("sku_id", flat=True)


def missing_by_sku(skus: Iterable[int]) -> dict[int, int]:
    """How many pieces are waited for, by SKU."""
    rows = waiting(skus).order_by().values_list("sku_id").annotate(pieces=MISSING)
    return {sku: pieces for sku, pieces in rows if sku}
