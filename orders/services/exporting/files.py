"""CSV and XLSX in parts: each slice of the job writes a part, the last one puts them together.

A part belongs to one lease and counts only as far as the job's cursor says, so a worker that was
killed, or that wakes up after its lease, spoils nothing.
"""

from __future__ import annotations

import csv
import io
import os
import re
import shutil
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import BinaryIO, Protocol
from xml.sax.saxutils import escape

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from orders.services.exporting.columns import HEADER, Value

FORMULA = frozenset("=+-@|%＝＋－＠｜％")
LONGEST_CELL = 32_000  # a spreadsheet's own limit is 32,767
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
WIDTHS = {"订单号": 16, "平台单号": 24, "商品": 48, "详细地址": 36, "运单号": 20}
_SHEET = "xl/worksheets/sheet1.xml"
_CHUNK = 64 * 1024


def safe(text: str) -> str:
    """Text that no spreadsheet takes for a formula: an apostrophe before the sign (OWASP)."""
    text = _CONTROL.sub(" ", text).strip()[:LONGEST_CELL]
    return f"'{text}" if text[:1] in FORMULA else text


class FileFormat(Protocol):
    """How rows become bytes, and how parts become a file."""

    @property
    def label(self) -> str: ...

    @property
    def most_rows(self) -> int | None: ...

    def rows(self, rows: Iterable[Sequence[Value]], first: int) -> bytes: ...

    def join(self, target: Path, parts: Iterable[bytes], about: Sequence[tuple[str, str]]) -> None:
        """`parts` is read once; `about` says who exported what and when."""


@dataclass(frozen=True, slots=True)
class Csv:
    """UTF-8 with the mark by which a spreadsheet knows it; the last lines say who exported it."""

    label: str = "CSV"
    most_rows: int | None = None

    def rows(self, rows: Iterable[Sequence[Value]], first: int) -> bytes:
        text = io.StringIO(newline="")
        csv.writer(text).writerows(
            [safe(value) if isinstance(value, str) else value for value in row] for row in rows
        )
        return text.getvalue().encode()

    def join(self, target: Path, parts: Iterable[bytes], about: Sequence[tuple[str, str]]) -> None:
        with target.open("wb") as file:
            file.write(b"\xef\xbb\xbf" + self.rows([HEADER], 0))
            for part in parts:
                file.write(part)
            file.write(self.rows([[f"{label}：{said}"] for label, said in about], 0))


@dataclass(frozen=True, slots=True)
class Xlsx:
    """A workbook whose sheet of orders is written as text: it can go on after a kill."""

    label: str = "XLSX"
    most_rows: int | None = 1_048_000

    def rows(self, rows: Iterable[Sequence[Value]], first: int) -> bytes:
        return "".join(
            f'<row r="{number}">{"".join(map(_cell, row))}</row>'
            for number, row in enumerate(rows, first + 2)
        ).encode()

    def join(self, target: Path, parts: Iterable[bytes], about: Sequence[tuple[str, str]]) -> None:
        with (
            zipfile.ZipFile(_frame(about)) as frame,
            zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=2) as book,
        ):
            for name in frame.namelist():
                with book.open(name, "w", force_zip64=name == _SHEET) as file:
                    if name == _SHEET:
                        file.writelines(_around(frame.read(name), parts))
                    else:
                        file.write(frame.read(name))


def _cell(value: Value) -> str:
    if isinstance(value, int | Decimal):
        return f"<c><v>{value}</v></c>"
    return f'<c t="inlineStr"><is><t>{escape(safe(value))}</t></is></c>' if value else "<c/>"


def _around(sheet: bytes, parts: Iterable[bytes]) -> Iterator[bytes]:
    """The sheet with the rows behind its header row."""
    sheet = re.sub(rb"<dimension [^>]*/>", b"", sheet)
    head, end, tail = sheet.partition(b"</sheetData>")
    yield head
    yield from parts
    yield end + tail


def _frame(about: Sequence[tuple[str, str]]) -> io.BytesIO:
    """The workbook without its orders: header row, and a second sheet that says who and when."""
    book = Workbook()
    said, orders = book.create_sheet("说明"), book.worksheets[0]
    orders.title, orders.freeze_panes = "订单", "B2"
    orders.append(HEADER)
    for number, label in enumerate(HEADER, 1):
        orders.cell(1, number).font = Font(bold=True)
        orders.column_dimensions[get_column_letter(number)].width = WIDTHS.get(label, 14)
    for label, value in about:
        said.append([label, safe(value)])
    said.column_dimensions["A"].width, said.column_dimensions["B"].width = 12, 80
    book.properties.creator = dict(about)["导出人"]
    file = io.BytesIO()
    book.save(file)
    file.seek(0)
    return file


FORMATS: dict[str, FileFormat] = {"xlsx": Xlsx(), "csv": Csv()}


def append(file: BinaryIO, data: bytes) -> int:
    """Add to a part, down to the disk; the length it has now."""
    file.write(data)
    file.flush()
    os.fsync(file.fileno())
    return file.tell()


def read_parts(folder: Path, parts: Iterable[tuple[str, int]]) -> Iterator[bytes]:
    """The parts in order, each as far as it counts, a little at a time."""
    for name, length in parts:
        with (folder / name).open("rb") as file:
            left = length
            while left > 0 and (data := file.read(min(left, _CHUNK))):
                left -= len(data)
                yield data


def remove_folder(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
