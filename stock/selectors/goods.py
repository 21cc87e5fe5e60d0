"""Goods as they are looked up: by code, barcode or style number."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q

from stock.models import Sku

MOST = 60  # colours and sizes of one style on a screen


def skus_by_text(texts: Iterable[str]) -> dict[str, list[Sku]]:
    """What each text means: one SKU (code, barcode) or the variants of a style; [] for nothing.

    Only what is sold; top-up goods are no goods. One query.
    """
    wanted = {text: text.strip() for text in texts if text.strip() and "\0" not in text}
    if not wanted:
        return {}
    spelled = {s for text in wanted.values() for s in (text, text.upper(), text.lower())}
    among = Q(code__in=spelled) | Q(barcode__in=spelled) | Q(style_no__in=spelled)
    found = Sku.objects.filter(among, active=True, is_top_up=False).select_related("level")
    rows = list(found.order_by("style_no", "colour", "id")[: MOST * 10])
    return {text: _meant(rows, typed.lower()) for text, typed in wanted.items()}


def _meant(rows: list[Sku], typed: str) -> list[Sku]:
    exact = [sku for sku in rows if typed in (sku.code.lower(), sku.barcode.lower())]
    return exact[:1] or [sku for sku in rows if sku.style_no.lower() == typed][:MOST]
