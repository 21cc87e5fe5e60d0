"""The products of an order: one row each, a joined cell, or a file of their own."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from core.money import spread, yuan
from orders.formats.layout import Lines, Money, Row
from orders.formats.records import ImportedLine

NO_GOODS = "文件里没有商品明细。"
MIXED = re.compile(r"[;；]")

_PAIR = re.compile(r"\s*([^:：]{1,20})[:：](.+)", re.S)
_PAIRS = re.compile(r"[;；]|[,，](?=[^,，:：]{1,10}[:：])")
_COLOUR = re.compile(r"颜色|色彩|花色|色号|款式颜色")
_SIZE = re.compile(r"尺码|尺寸|鞋码|码数|规格|大小|身高|型号|容量|套餐")
_BARE_SIZE = re.compile(r"(?:\d{0,2}X{0,4}[SML]|均码|\d{2,3}(?:码|cm)?|\d{2,3}/\d{2,3}\w?)", re.I)


def colour_and_size(spec: str) -> tuple[str, str]:
    """`颜色分类：黑;尺码：L`, or `黑,L`; '' where the text does not say."""
    colour = size = ""
    for part in _PAIRS.split(spec):
        pair = _PAIR.fullmatch(part)
        if pair and _COLOUR.search(pair[1]):
            colour = colour or pair[2].strip()
        elif pair and _SIZE.search(pair[1]):
            size = size or pair[2].strip()
    bare = re.split(r"[,，]", spec)
    if not (colour or size) and len(bare) == 2 and _BARE_SIZE.fullmatch(bare[1].strip()):
        return bare[0].strip(), bare[1].strip()
    return colour, size


Draft = dict[str, Any]


def draft(row: Row, quantity: int | None = None) -> Draft:
    """What a row says of its product, but for what is owed for it."""
    spec = row.text("spec")
    colour, size = colour_and_size(spec) if spec else ("", "")
    code = row.text("code") or row.text("other_code")
    return {
        "title": row.text("title") or code or spec or "（没有标题）",
        "quantity": quantity or row.count("quantity"),
        "price": row.money("price"),
        "code": code,
        "spec": spec,
        "colour": row.text("colour") or colour,
        "size": row.text("size") or size,
        "item_id": row.text("item_id"),
        "sku_id": row.text("sku_id"),
        "line_no": row.text("line_no"),
        "status": row.text("line_status"),
    }


def priced(drafts: Sequence[Draft], amounts: Sequence[Decimal]) -> tuple[ImportedLine, ...]:
    """Lines with what is owed for each; a line that has no price gets its amount's."""
    lines = []
    for each, amount in zip(drafts, amounts, strict=True):
        price = each.pop("price") or yuan(amount / each["quantity"])
        lines.append(ImportedLine(**each, price=price, amount=amount))
    return tuple(lines)


def share(drafts: Sequence[Draft], goods_amount: Decimal) -> tuple[ImportedLine, ...]:
    """Spread what is owed for the goods over the lines by price, to the cent."""
    if len(drafts) == 1:
        return priced(drafts, [goods_amount])
    weights = [each["price"] * each["quantity"] for each in drafts]
    return priced(drafts, spread(goods_amount, weights))


def row_lines(rows: list[Row], money: Money, _: list[Row]) -> Lines:
    """One product in each row."""
    if not (rows[0].has("title") or rows[0].has("code") or rows[0].has("sku_id")):
        return Lines(unclear=NO_GOODS)
    if not rows[0].has("quantity"):
        return Lines(unclear=told(rows[0], "文件里没有商品数量。"))
    return Lines(share([draft(row) for row in rows], money.goods_amount))


def told(row: Row, why: str) -> str:
    """What the row does say of its products, for the person who decides."""
    parts = [why]
    for name in ("title", "spec", "code", "kinds", "quantity", "line_no"):
        text = row.text(name)
        if text:
            header = row.layout.header[row.index[name]].strip()
            parts.append(f"{header}：{text}")
    return " ".join(parts)[:1000]
