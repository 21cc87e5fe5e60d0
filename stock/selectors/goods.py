"""Goods as they are looked up: by code, barcode or style number."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet

from core.keyset import Page, page
from stock.models import Movement, Sku, StockLevel
from stock.sheet import HEADS, LEVEL

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


def skus_by_code(codes: Iterable[str]) -> dict[str, Sku]:
    """Each SKU by its code, sold or not, with its level; one query."""
    rows = Sku.objects.filter(code__in=list(codes)).select_related("level")
    return {sku.code: sku for sku in rows}


GOODS: dict[str, str] = {"": "在售的", "gone": "停售的", "made": "自己生产的"}


def goods_page(which: str, text: str, cursor: str) -> Page[Sku]:
    """One page of SKUs; `text` is the beginning of a code, barcode or style number.

    Raises BadCursor. Each is a range of an index in the order of codes.
    """
    rows = Sku.objects.filter(is_top_up=False).select_related("level")
    where = {"gone": Q(active=False), "made": Q(made=True)}.get(which, Q(active=True))
    if text:
        found = _among(rows, text)
        return page(found, ("code", "id"), cursor, where=where, mark=f"goods:{which}:{text}")
    return page(rows, ("code", "id"), cursor, where=where, mark=f"goods:{which}")


def _among(rows: QuerySet[Sku], text: str) -> QuerySet[Sku]:
    """By code first; else by barcode, style number or the beginning of the name."""
    if rows.filter(code__startswith=text).exists():
        return rows.filter(code__startswith=text)
    return rows.filter(Q(barcode=text) | Q(style_no=text) | Q(name__startswith=text))


def movements_of(sku: Sku, most: int = 30) -> list[Movement]:
    """What changed its level last, newest first."""
    return list(Movement.objects.filter(sku=sku).order_by("-id")[:most])


# What an export adds behind what the import reads.
_ALSO = ("已预占", "可用", "次品")


def all_goods() -> QuerySet[Sku]:
    """Every SKU that can be sold or made, with its level, by code."""
    return Sku.objects.filter(is_top_up=False).select_related("level").order_by("code", "id")


def goods_header() -> list[str]:
    return [*HEADS.values(), *_ALSO]


def goods_cells(sku: Sku) -> list[str | int]:
    """One row of the export, in the order of its header."""
    level = sku.level if hasattr(sku, "level") else StockLevel(sku=sku)
    values = [getattr(sku, name) for name in HEADS if name != LEVEL]
    amounts = (level.on_hand, level.reserved, level.available, level.defect)
    return [*(_cell(value) for value in values), *amounts]


def _cell(value: Any) -> str | int:
    if isinstance(value, bool):
        return "是" if value else "否"
    return value if isinstance(value, int) else str(value)
