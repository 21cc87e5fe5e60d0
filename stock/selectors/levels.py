"""Stock as it is looked up: levels by SKU, and one SKU's movements (SOP 5.b)."""

from __future__ import annotations

from django.db.models import F, Q

from core.keyset import Page, page
from stock.models import Movement, Sku

WHICH: dict[str, tuple[str, Q]] = {
    "available": ("有可用", Q(level__on_hand__gt=F("level__reserved"))),
    "none": ("没有可用", Q(level__on_hand=F("level__reserved"))),
    "defect": ("有次品", Q(level__defect__gt=0)),
}


def level_page(text: str, narrowed: Q, cursor: str) -> Page[Sku]:
    """SKUs by code with their levels; `text`: a part of code or name, or barcode or style."""
    where = narrowed
    if text:
        where &= (
            Q(code__icontains=text)
            | Q(barcode=text)
            | Q(style_no__iexact=text)
            | Q(name__icontains=text)
        )
    rows = Sku.objects.filter(is_top_up=False).select_related("level")
    return page(rows, ("code",), cursor, where=where or None, mark="stock")


def movement_page(sku: Sku, cursor: str) -> Page[Movement]:
    """What happened to one SKU, newest first."""
    return page(Movement.objects.filter(sku=sku), ("-id",), cursor, mark=str(sku.pk))
