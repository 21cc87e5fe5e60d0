"""A table of goods, as people keep it in a spreadsheet: columns by name, rows as SKUs. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from core.tables.cells import amount, clean, is_ruined, plain
from core.tables.errors import Bad, RowRejected, Unreadable
from core.tables.files import Place, Table, TableRow
from core.tables.open import open_table

MOST_ROWS = 20_000
MOST_BYTES = 10 * 2**20
MOST_REJECTED = 1000
TOP = 10_000_000  # pieces or grams; more is a slip

CODE, LEVEL = "code", "on_hand"
# Our name → the headers that it may have, the first is written by the export.
COLUMNS: dict[str, tuple[str, ...]] = {
    CODE: ("商家编码", "SKU编码", "规格编码", "编码"),
    "barcode": ("条码", "条形码", "商品条码"),
    "style_no": ("款号", "货号"),
    "name": ("品名", "商品名称", "名称"),
    "colour": ("颜色",),
    "size": ("尺码", "尺寸", "规格"),
    "price": ("售价", "价格", "单价"),
    "weight_g": ("重量（克）", "重量", "重量g"),
    "length_mm": ("长（毫米）", "长", "长mm"),
    "width_mm": ("宽（毫米）", "宽", "宽mm"),
    "height_mm": ("高（毫米）", "高", "高mm"),
    "shelf": ("货位", "库位"),
    "check_quality": ("发货前质检", "质检"),
    "made": ("自己生产", "自产"),
    "active": ("在售",),
    LEVEL: ("在库", "库存", "在库数量", "库存数量"),
}
HEADS = {name: heads[0] for name, heads in COLUMNS.items()}
_LENGTHS = {"barcode": 64, "style_no": 64, "name": 200, "colour": 64, "size": 64, "shelf": 32}
_YES, _NO = (
    {"是", "1", "y", "yes", "true", "√", "在售"},
    {"否", "0", "n", "no", "false", "×", "停售"},
)
_WHOLE = re.compile(r"(\d{1,9})(?:\.0+)?")


@dataclass(frozen=True, slots=True)
class GoodsRow:
    """One SKU of the file; `values` has what its cells say, an empty cell says nothing."""

    line: int
    code: str
    values: dict[str, Any] = field(default_factory=dict)
    cells: tuple[str, ...] = ()

    @property
    def level(self) -> int | None:
        """Pieces on hand, where the file says so."""
        return self.values.get(LEVEL)


@dataclass(frozen=True, slots=True)
class Read:
    """What a row became, and the place behind it."""

    row: GoodsRow | RowRejected
    end: Place


def places(header: list[str]) -> dict[str, int]:
    """Where each of our columns stands; raises Unreadable without a code."""
    found: dict[str, int] = {}
    names = [plain(name) for name in header]
    for ours, heads in COLUMNS.items():
        for head in heads:
            if plain(head) in names:
                found[ours] = names.index(plain(head))
                break
    if CODE not in found:
        raise Unreadable(
            "表头里没有“商家编码”，不知道每行是哪个商品。第一行要是列名；可以先导出一份，照着填。"
        )
    if len(found) == 1:
        raise Unreadable("表头里只有商家编码，没有要导入的列。可以先导出一份，照着列名填。")
    return found


def header_of(path: Path) -> list[str]:
    """The file's column names; raises Unreadable."""
    with closing(open_table(path)) as table:
        return [clean(name) for name in table.header]


def read(path: Path, after: Place | None = None) -> Iterator[Read]:
    """The rows of a file behind a place; raises Unreadable."""
    with closing(open_table(path)) as table:
        columns = places(table.header)
        for row in table.rows(after or table.start):
            yield Read(_read(table, row, columns), row.end)


def _read(table: Table, row: TableRow, columns: dict[str, int]) -> GoodsRow | RowRejected:
    cells = tuple(row.cells)
    if row.problem:
        return RowRejected(row.line, "", "", row.problem, cells)
    try:
        values = {
            name: value
            for name, place in columns.items()
            if (value := _value(name, clean(row.cells[place]))) is not None
        }
    except Bad as bad:
        return RowRejected(row.line, bad.column, bad.value, bad.reason, cells)
    return GoodsRow(row.line, values.pop(CODE), values, cells)


def _value(name: str, text: str) -> Any:
    try:
        return _code(text) if name == CODE else _parsed(name, text) if text else None
    except ValueError as error:
        raise Bad(HEADS[name], text[:200], str(error)) from None


def _code(text: str) -> str:
    if not text:
        raise ValueError("没有商家编码。")
    if is_ruined(text):
        raise ValueError(
            "编码被表格软件改成了科学计数法，后面几位已经丢失。请把这一列设成文本再填。"
        )
    if len(text) > 64:
        raise ValueError("商家编码最多 64 个字。")
    return text


def _parsed(name: str, text: str) -> Any:
    if name == "price":
        return _price(text)
    if name in ("weight_g", "length_mm", "width_mm", "height_mm", LEVEL):
        return _whole(text)
    if name in ("check_quality", "made", "active"):
        return _yes(text)
    if name == "barcode" and is_ruined(text):
        raise ValueError("条码被表格软件改成了科学计数法。请把这一列设成文本再填。")
    if len(text) > _LENGTHS[name]:
        raise ValueError(f"最多 {_LENGTHS[name]} 个字。")
    return text


def _price(text: str) -> Decimal:
    price = amount(text[:64])
    if price < 0:
        raise ValueError("售价不能是负数。")
    return price


def _whole(text: str) -> int:
    match = _WHOLE.fullmatch(text.replace(",", ""))
    if match is None or int(match[1]) > TOP:
        raise ValueError(f"要填 0 到 {TOP} 的整数。")
    return int(match[1])


def _yes(text: str) -> bool:
    if text.lower() in _YES:
        return True
    if text.lower() in _NO:
        return False
    raise ValueError("要填“是”或“否”。")
