"""Goods as they are looked up: by code, barcode or style number."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import F, Q, QuerySet

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


def sku_of(code: str) -> Sku | None:
    """The product that bears this code or barcode, sold or not."""
    spelled = {code, code.upper(), code.lower()}
    found = Sku.objects.filter(Q(code__in=spelled) | Q(barcode__in=spelled))
    return next(iter(found[:1]), None)


def skus_by_code(codes: Iterable[str]) -> dict[str, Sku]:
    """Each SKU by its code, sold or not, with its level; one query."""
    rows = Sku.objects.filter(code__in=list(codes)).select_related("level")
    return {sku.code: sku for sku in rows}


# What the list shows, by the word in its address; "" is what is sold.
GOODS: dict[str, tuple[str, Q]] = {
    "": ("在售的", Q(active=True)),
    "available": ("有可用", Q(level__on_hand__gt=F("level__reserved"))),
    "none": ("没有可用", Q(level__on_hand=F("level__reserved"))),
    "defect": ("有次品", Q(level__defect__gt=0)),
    "made": ("自己生产的", Q(made=True)),
    "gone": ("停售的", Q(active=False)),
}


def goods_page(narrowed: Q, text: str, cursor: str, mark: str) -> Page[Sku]:
    """One page of SKUs with their levels, by code; raises BadCursor.

    `text` is the beginning of a code or name, a barcode or a style number; `mark` names the list.
    """
    rows = Sku.objects.filter(is_top_up=False).select_related("level")
    rows = _among(rows, text) if text else rows
    return page(rows, ("code", "id"), cursor, where=narrowed, mark=f"goods:{mark}:{text}")


def _among(rows: QuerySet[Sku], text: str) -> QuerySet[Sku]:
    """By code first; else by barcode, style number or the beginning of the name."""
    by_code = rows.filter(Q(code__startswith=text) | Q(code__startswith=text.upper()))
    if by_code.exists():
        return by_code
    style = Q(style_no__in={text, text.upper(), text.lower()})
    return rows.filter(Q(barcode=text) | style | Q(name__startswith=text))


def movement_page(sku: Sku, cursor: str) -> Page[Movement]:
    """What happened to one SKU's level, newest first; raises BadCursor."""
    return page(Movement.objects.filter(sku=sku), ("-id",), cursor, mark=str(sku.pk))


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
