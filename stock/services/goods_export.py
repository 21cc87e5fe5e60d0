"""Goods as a table: what the import reads again, with what is kept and what is left (SOP 5.b)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence

from openpyxl import Workbook

from core.tables.rejected import safe
from stock.selectors.goods import all_goods, goods_cells, goods_header

MOST_XLSX = 20_000  # rows; more goes as CSV
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def as_csv() -> Iterator[bytes]:
    """UTF-8 with the mark by which a spreadsheet knows it, row by row; no cell is a formula."""
    yield b"\xef\xbb\xbf" + _line(goods_header())
    for sku in all_goods().iterator(chunk_size=2000):
        yield _line(goods_cells(sku))


def _line(cells: Sequence[str | int]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerow([safe(cell) if isinstance(cell, str) else cell for cell in cells])
    return text.getvalue().encode()


def as_xlsx() -> bytes | None:
    """A workbook; None when there are too many rows for one."""
    goods = list(all_goods()[: MOST_XLSX + 1])
    if len(goods) > MOST_XLSX:
        return None
    book = Workbook(write_only=True)
    sheet = book.create_sheet("商品和库存")
    sheet.append(goods_header())
    for sku in goods:
        cells = goods_cells(sku)
        sheet.append([_text(cell) if isinstance(cell, str) else cell for cell in cells])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _text(cell: str) -> str:
    """A long number needs no tab here: the cell is text."""
    return safe(cell).removeprefix("\t")
