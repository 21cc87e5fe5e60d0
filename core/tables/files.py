"""A file seen from its bytes: what it is, its limits, and its rows with line numbers.

Nothing here trusts a file's name. A file of text is read line by line in bytes, so that a row's
place is a byte offset from which a later slice goes on, and a line that cannot be decoded spoils
no other.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, NamedTuple, Protocol

from core.tables.cells import clean
from core.tables.errors import Unreadable

MAX_BYTES = 200 * 1024 * 1024
MAX_LINE = 100_000  # bytes of one physical line; below the csv module's limit for one cell
MAX_ROW_LINES = 50  # physical lines that one row's quoted cells may span
MAX_CELL = 32_767  # characters, as in a spreadsheet
MAX_COLUMNS = 500
SAMPLE = 256 * 1024

SAVE_AGAIN = "请在表格软件里打开它，点“另存为”，选“Excel 工作簿 (.xlsx)”或“CSV UTF-8”，再上传。"
GARBLED = "这一行有乱码，内容已经损坏。请在平台重新导出，或把这一行改好后再传。"
TOO_MANY = "这一行比表头多出几列，可能有内容带逗号却没有加引号。请核对后再传。"
TOO_FEW = "这一行比表头少几列，可能没有下载完整。请核对后再传。"
UNQUOTED = "这一行的引号没有成对，和下一行连在一起了。请核对后再传。"
TOO_LONG = "这一行太长，不像正常的数据。请核对后再传。"
LONG_CELL = f"有一格超过 {MAX_CELL} 个字，不像正常的数据。请核对后再传。"


class Place(NamedTuple):
    """Where a row ends: the offset from which to read on, and the lines that lie before it."""

    offset: int = 0
    line: int = 0


class TableRow(NamedTuple):
    """A row with its first physical line, and what is wrong with it as a row ('' when nothing)."""

    line: int
    cells: list[str]
    problem: str
    end: Place


class Table(Protocol):
    """The rows below a header. `size` bytes in all; a place's offset says how many are read."""

    @property
    def header(self) -> list[str]: ...

    @property
    def start(self) -> Place: ...

    @property
    def size(self) -> int: ...

    def rows(self, place: Place) -> Iterator[TableRow]: ...

    def close(self) -> None: ...


# -- what kind of file -------------------------------------------------------------------------

_HTML = re.compile(
    rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)?<(?:!doctype\s+html|html|table|meta|head|style)",
    re.I | re.S,
)
_WORKBOOK_2003 = re.compile(rb"<\?xml.*<(?:\w+:)?workbook\b", re.I | re.S)
_OTHERS = {
    b"%PDF": "PDF 文件",
    b"\x89PNG": "图片",
    b"\xff\xd8\xff": "图片",
    b"GIF8": "图片",
    b"Rar!": "RAR 压缩包",
    b"7z\xbc\xaf": "7z 压缩包",
    b"\x1f\x8b": "gz 压缩包",
}


def check_kind(path: Path) -> str:
    """`xlsx` or `text`; raises Unreadable for what is neither, is empty, or is too large."""
    size = path.stat().st_size
    if size == 0:
        raise Unreadable("文件是空的。请重新导出后再上传。")
    if size > MAX_BYTES:
        raise Unreadable(
            f"文件有 {size // 1024**2} MB，超过 {MAX_BYTES // 1024**2} MB。"
            "请按时间分几次导出后再上传。"
        )
    with path.open("rb") as file:
        head = file.read(4096)
    if head.startswith(b"PK\x03\x04"):
        return "xlsx"
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise Unreadable(f"这是老式的 .xls 文件，或者加了密码，不能直接读。{SAVE_AGAIN}")
    if _HTML.match(head) or _WORKBOOK_2003.match(head):
        raise Unreadable(f"这个文件其实是网页，只是名字叫 .xls，不能直接读。{SAVE_AGAIN}")
    for magic, what in _OTHERS.items():
        if head.startswith(magic):
            raise Unreadable(f"这是{what}，不是数据表格。请上传 CSV 或 XLSX 文件。")
    return "text"


# -- encodings ------------------------------------------------------------------------------------

_BOMS = {b"\xef\xbb\xbf": "utf-8", b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}


def sniff_encoding(sample: bytes) -> tuple[str, int]:
    """Encoding and length of its mark: BOM, else UTF-8 where most lines are, else GB18030."""
    for bom, encoding in _BOMS.items():
        if sample.startswith(bom):
            return encoding, len(bom)
    lines = [line for line in sample.split(b"\n")[:5000] if not line.isascii()]
    if len(sample) >= SAMPLE and len(lines) > 1:
        lines.pop()  # cut off in the middle
    good = sum(_decodes(line, "utf-8") for line in lines)
    return ("utf-8" if 2 * good >= len(lines) else "gb18030"), 0


def _decodes(line: bytes, encoding: str) -> bool:
    try:
        line.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


class _Wide:
    """`readline` for UTF-16, where a line ends with two bytes at an even place."""

    def __init__(self, file: IO[bytes], encoding: str) -> None:
        self.file = file
        self.little = encoding == "utf-16-le"

    def readline(self, limit: int) -> bytes:
        line = b""
        while len(line) < limit:
            part = self.file.readline(limit - len(line))
            line += part
            if not part:
                return line
            if not line.endswith(b"\n"):
                continue
            if self.little and len(line) % 2:
                line += self.file.read(1)
                if line.endswith(b"\n\0"):
                    return line
            elif not self.little and len(line) % 2 == 0 and line.endswith(b"\0\n"):
                return line
        return line


# -- lines ----------------------------------------------------------------------------------------

_CONTROL = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\x7f\ufffd]")


class _RowTooLong(Exception):
    """A quoted cell that never ends."""


class _Lines:
    """Decoded physical lines for the csv reader; knows where it is and what was wrong."""

    __slots__ = (
        "begun",
        "count",
        "encoding",
        "file",
        "first",
        "first_end",
        "number",
        "offset",
        "problem",
        "source",
    )

    def __init__(self, file: IO[bytes], encoding: str, place: Place) -> None:
        self.file, self.encoding = file, encoding
        self.source = _Wide(file, encoding) if encoding.startswith("utf-16") else file
        self.go(place)

    def go(self, place: Place) -> None:
        self.file.seek(place.offset)
        self.offset, self.number = place
        self.begin()

    def begin(self) -> None:
        """A row begins here."""
        self.begun, self.count, self.problem = self.offset, 0, ""

    @property
    def place(self) -> Place:
        return Place(self.offset, self.number)

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        if self.count >= MAX_ROW_LINES:
            raise _RowTooLong
        raw = self.source.readline(MAX_LINE)
        if not raw:
            raise StopIteration
        self.offset += len(raw)
        self.number += 1
        self.count += 1
        if len(raw) >= MAX_LINE:
            self._skip_rest(raw)
        text = self._decode(raw)
        if self.count == 1:
            self.first, self.first_end = text, Place(self.offset, self.number)
        return text

    def _decode(self, raw: bytes) -> str:
        try:
            text = raw.decode(self.encoding)
        except UnicodeDecodeError:
            text = raw.decode(self.encoding, "replace")
        if _CONTROL.search(text):
            self.problem = self.problem or GARBLED
        return text

    def _skip_rest(self, raw: bytes) -> None:
        """A line beyond the limit is no row; its rest is passed over, never held."""
        self.problem = TOO_LONG
        while len(raw) >= MAX_LINE:
            raw = self.source.readline(MAX_LINE)
            self.offset += len(raw)


# -- a table of text -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TextTable:
    """CSV or tab-separated text."""

    path: Path
    encoding: str
    delimiter: str
    header: list[str]
    start: Place
    size: int

    def rows(self, place: Place) -> Iterator[TableRow]:
        """Rows from a place on; a bad row comes with its problem and spoils no other."""
        with self.path.open("rb", buffering=1 << 18) as file:
            lines = _Lines(file, self.encoding, place)
            yield from _rows(lines, self.delimiter, len(self.header))

    def close(self) -> None:
        """Nothing is kept open."""


def _rows(lines: _Lines, delimiter: str, width: int) -> Iterator[TableRow]:
    reader = csv.reader(lines, delimiter=delimiter)
    while True:
        lines.begin()
        line, unquoted = lines.number + 1, False
        try:
            cells = next(reader)
        except StopIteration:
            return
        except (csv.Error, _RowTooLong):
            unquoted = True
        else:
            if not any(cells):
                continue
            if len(cells) != width:
                cells = _cut(cells, width)
                unquoted = lines.count > 1 and len(cells) != width
        if unquoted:  # the row ran on into the next ones: give up its first line alone
            cells, problem = _split(lines.first, delimiter), lines.problem or UNQUOTED
            lines.go(lines.first_end)
            reader = csv.reader(lines, delimiter=delimiter)
            yield TableRow(line, cells, problem, lines.place)
        else:
            size = lines.offset - lines.begun
            yield TableRow(line, cells, lines.problem or _misfit(cells, width, size), lines.place)


def _split(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return [line]


def _cut(cells: list[str], width: int) -> list[str]:
    """Without the empty cells that a trailing comma makes."""
    return cells[:width] if not any(cells[width:]) else cells


def _misfit(cells: list[str], width: int, size: int) -> str:
    if len(cells) != width:
        return TOO_MANY if len(cells) > width else TOO_FEW
    return LONG_CELL if size > MAX_CELL and max(map(len, cells)) > MAX_CELL else ""


def open_text(path: Path) -> TextTable:
    """Recognise encoding, delimiter and header; raises Unreadable."""
    with path.open("rb", buffering=1 << 18) as file:
        encoding, mark = sniff_encoding(file.read(SAMPLE))
        lines = _Lines(file, encoding, Place(mark))
        first, delimiter = _first_line(lines)
        lines.go(first)
        header = _header(lines, delimiter)
        return TextTable(path, encoding, delimiter, header, lines.place, path.stat().st_size)


_SEPARATOR = re.compile(r"sep=(.)\s*")


def _first_line(lines: _Lines) -> tuple[Place, str]:
    """Where the header begins, and the delimiter: as `sep=` says, else the most frequent."""
    delimiter = ""
    while True:
        lines.begin()
        place = lines.place
        text = next(lines, None)
        if text is None:
            raise Unreadable("文件里没有内容。请重新导出后再上传。")
        if lines.problem == TOO_LONG:
            raise Unreadable(
                f"第一行超过 {MAX_LINE // 1000} KB 还没有换行，不像数据表格。{SAVE_AGAIN}"
            )
        if lines.problem:
            raise Unreadable(f"文件开头不是文字，打不开，可能不是表格或者已经损坏。{SAVE_AGAIN}")
        told = _SEPARATOR.fullmatch(text)
        if told:
            delimiter = told[1]
        elif text.strip(' \t\r\n,;"'):
            return place, delimiter or max(",\t;", key=text.count)


def _header(lines: _Lines, delimiter: str) -> list[str]:
    try:
        header = next(csv.reader(lines, delimiter=delimiter))
    except (csv.Error, _RowTooLong):
        raise Unreadable(f"表头的引号没有成对，读不出列名。{SAVE_AGAIN}") from None
    return tidy_header(header)


def tidy_header(header: list[str]) -> list[str]:
    """Without empty columns at the end; raises Unreadable where there are far too many."""
    while header and not clean(header[-1]):
        header.pop()
    if len(header) > MAX_COLUMNS:
        raise Unreadable(
            f"表头有 {len(header)} 列，超过 {MAX_COLUMNS} 列，不像数据表格。请核对文件。"
        )
    if not header:
        raise Unreadable("第一行没有列名。请确认第一行是表头，再上传。")
    return header
