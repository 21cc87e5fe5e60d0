"""A platform's own template for shipping in bulk (批量发货), read and filled (SOP 2.h).

Nothing is assumed of its columns: a person downloads the empty template on the platform, uploads
it once, and says what each column holds. It comes back as it was, with rows below its header.
"""

from __future__ import annotations

import csv
import io
import re
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.writer.excel import save_workbook

from core.tables.errors import Unreadable
from core.tables.files import check_kind, sniff_encoding
from core.tables.workbook import check_members, open_archive
from core.verdict import Verdict, no, yes

LARGEST = 1024 * 1024  # bytes: an empty template is small
LOOKED_AT = 20  # lines among which the header is looked for
WIDEST = 60
NO_HEADER = "没有找到表头：前 20 行里没有一行同时有“订单”和“单号”这样的列。请上传平台下载的空模板。"
BROKEN = "这个文件打不开，可能没有下载完整。请从平台重新下载空模板。"

# What a column can hold; `text:…` is always the same.
HOLDS: dict[str, str] = {
    "platform_no": "平台单号",
    "carrier_name": "快递公司（平台的叫法）",
    "carrier_code": "快递公司代码",
    "waybill": "运单号",
    "shipped_at": "发货时间",
}
NEEDED = ("platform_no", "waybill")
_GUESSES = [
    (
        re.compile(r"(快递|物流|承运).{0,3}(公司|商)?.{0,2}(编码|代码|编号|ID)", re.I),
        "carrier_code",
    ),
    (re.compile(r"(运单|快递单|物流单|面单|快递号)"), "waybill"),
    (re.compile(r"(快递|物流|承运)"), "carrier_name"),
    (re.compile(r"订单.{0,4}(号|编号|ID)", re.I), "platform_no"),
    (re.compile(r"发货.{0,2}(时间|日期)"), "shipped_at"),
]


@dataclass(frozen=True, slots=True)
class Template:
    """Where the header of an empty template stands, counted from 0, and what it says."""

    kind: str
    line: int
    header: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shipped:
    """One row: a platform's number with its parcel."""

    platform_no: str
    carrier: str
    carrier_name: str
    waybill: str
    shipped_at: datetime | None


def is_plain(number: str) -> bool:
    """Only digits and letters: nothing that a spreadsheet would take for a formula."""
    return bool(re.fullmatch(r"[0-9A-Za-z][0-9A-Za-z-]{0,63}", number))


def read_template(data: bytes) -> Template:
    """The template in these bytes. Raises Unreadable with a sentence for who uploaded it."""
    if len(data) > LARGEST:
        raise Unreadable("这个文件超过 1 MB，不像空模板。请上传平台下载的空模板，不要带订单。")
    with tempfile.NamedTemporaryFile() as file:
        file.write(data)
        file.flush()
        kind = check_kind(Path(file.name))
        if kind == "xlsx":
            _check(Path(file.name))
    lines = _sheet_lines(data) if kind == "xlsx" else _text_lines(data)
    for number, cells in enumerate(lines[:LOOKED_AT]):
        found = set(guess(cells))
        if found >= set(NEEDED):
            return Template(kind, number, tuple(cells[:WIDEST]))
    raise Unreadable(NO_HEADER)


def guess(header: Sequence[str]) -> list[str]:
    """What each column seems to hold, each thing once; '' for what a person must say."""
    found: list[str] = []
    for title in header:
        kinds = (kind for pattern, kind in _GUESSES if pattern.search(title))
        kind = next(kinds, "")
        found.append("" if kind in found else kind)
    return found


def described(columns: Sequence[str]) -> bool:
    """Is it said where number and waybill go?"""
    return set(NEEDED) <= set(columns)


def fill(data: bytes, template: Template, columns: Sequence[str], rows: Sequence[Shipped]) -> bytes:
    """The template with a row for each parcel below its header, in its own format."""
    cells = [[_cell(holds, row) for holds in columns] for row in rows]
    if template.kind == "xlsx":
        return _fill_sheet(data, template.line, cells)
    return _fill_text(data, template.line, cells)


def _cell(holds: str, row: Shipped) -> str:
    if holds.startswith("text:"):
        return holds.removeprefix("text:")
    if holds == "shipped_at":
        return f"{row.shipped_at:%Y-%m-%d %H:%M:%S}" if row.shipped_at else ""
    values: Mapping[str, str] = {
        "platform_no": row.platform_no,
        "carrier_name": row.carrier_name,
        "carrier_code": row.carrier,
        "waybill": row.waybill,
    }
    return values.get(holds, "")


# -- workbooks ---------------------------------------------------------------------------------


def _check(path: Path) -> None:
    try:
        with open_archive(path) as archive:
            check_members(archive)
    except (zipfile.BadZipFile, RuntimeError) as error:
        raise Unreadable(BROKEN) from error


def _sheet_lines(data: bytes) -> list[list[str]]:
    try:
        book = load_workbook(io.BytesIO(data), read_only=True)
        rows = book.worksheets[0].iter_rows(max_row=LOOKED_AT, max_col=WIDEST, values_only=True)
        return [_trimmed(["" if cell is None else str(cell) for cell in row]) for row in rows]
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, IndexError) as error:
        raise Unreadable(BROKEN) from error


def _fill_sheet(data: bytes, line: int, rows: Sequence[Sequence[str]]) -> bytes:
    book = load_workbook(io.BytesIO(data))
    sheet = book.worksheets[0]
    if sheet.max_row > line + 1:
        sheet.delete_rows(line + 2, sheet.max_row - line - 1)  # the platform's example
    for place, cells in enumerate(rows, start=line + 2):
        for column, text in enumerate(cells, start=1):
            cell = sheet.cell(place, column, text)
            cell.data_type, cell.number_format = "s", "@"  # a number keeps its last digits
    out = io.BytesIO()
    save_workbook(book, out)
    return out.getvalue()


# -- text --------------------------------------------------------------------------------------


def _text_lines(data: bytes) -> list[list[str]]:
    encoding, mark = sniff_encoding(data)
    text = data[mark:].decode(encoding, "replace")
    return [_trimmed(cells) for cells in csv.reader(io.StringIO(text), delimiter=_comma(text))]


def _fill_text(data: bytes, line: int, rows: Sequence[Sequence[str]]) -> bytes:
    encoding, mark = sniff_encoding(data)
    text = data[mark:].decode(encoding, "replace")
    out, comma = io.StringIO(), _comma(text)
    writer = csv.writer(out, delimiter=comma, lineterminator="\r\n")
    above = list(csv.reader(io.StringIO(text), delimiter=comma))[: line + 1]
    writer.writerows([*above, *rows])
    return data[:mark] + out.getvalue().encode(encoding, "replace")


def _comma(text: str) -> str:
    head = text[:2000]
    return "\t" if head.count("\t") > head.count(",") else ","


def _trimmed(cells: Sequence[str]) -> list[str]:
    cleaned = [cell.strip().strip("\t").lstrip("*") for cell in cells]
    while cleaned and not cleaned[-1]:
        cleaned.pop()
    return cleaned


# -- what may be done ------------------------------------------------------------------------------


def may_make(*, ready: bool, open_: bool, waiting: bool) -> Verdict:
    """A file is made from a described template, one at a time, when something waits (SOP 2.h)."""
    if not ready:
        return no("2.h", "还没有模板：先从平台下载批量发货的空模板，上传一次，说明各列是什么。")
    if open_:
        return no("2.h", "上一个文件还没有处理完：上传好了就打勾，不用了就作废，再生成新的。")
    if not waiting:
        return no("2.h", "没有要在平台填发货的订单。")
    return yes("2.h")


def may_finish(*, open_: bool) -> Verdict:
    """What is ticked or dropped stays so."""
    return yes("2.h") if open_ else no("2.h", "这个文件已经处理过了。")
