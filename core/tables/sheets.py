"""An XLSX workbook's first sheet, streamed row by row.

Read with expat, in constant memory and several times as fast as openpyxl, which would hold all
shared strings at once. A row's place is its offset in the unpacked sheet, so that a later slice
goes on there.
"""

from __future__ import annotations

import re
import sqlite3
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import IO
from xml.parsers import expat

from core.tables.cells import from_serial
from core.tables.errors import Unreadable
from core.tables.files import (
    GARBLED,
    LONG_CELL,
    MAX_CELL,
    MAX_COLUMNS,
    TOO_MANY,
    Place,
    TableRow,
    tidy_header,
)
from core.tables.workbook import (
    BROKEN,
    Book,
    CellText,
    check_members,
    feed,
    lookup,
    new_parser,
    open_archive,
    store_strings,
)


@dataclass(frozen=True, slots=True)
class SheetTable:
    """The first sheet of a workbook that has rows."""

    path: Path
    member: str
    header: list[str]
    start: Place
    size: int
    tags: tuple[str, str]
    dates: frozenset[int]
    shift: int
    store: sqlite3.Connection

    def rows(self, place: Place) -> Iterator[TableRow]:
        """Rows from a place on; raises Unreadable where the archive turns out to be broken."""
        width = len(self.header)
        sheet = _Sheet(lookup(self.store), self.dates, self.shift)
        try:
            with zipfile.ZipFile(self.path) as archive, archive.open(self.member) as stream:
                for line, cells, end in sheet.read(stream, place, self.tags):
                    if any(cells):
                        yield _fitted(line, cells, width, end)
        except (zipfile.BadZipFile, zlib.error, EOFError, expat.ExpatError):
            raise Unreadable(BROKEN) from None

    def close(self) -> None:
        self.store.close()


def _fitted(line: int, cells: list[str], width: int, end: Place) -> TableRow:
    cells += [""] * (width - len(cells))
    problem = ""
    if any(cells[width:]):
        problem = TOO_MANY
    else:
        del cells[width:]
        if max(map(len, cells)) > MAX_CELL:
            problem = LONG_CELL
        elif any(_CONTROL.search(cell) for cell in cells):
            problem = GARBLED
    return TableRow(line, cells, problem, end)


_CONTROL = re.compile("[\x7f\ufffd]|_x00[01][0-9A-Fa-f]_")


def open_sheet(path: Path, store: sqlite3.Connection) -> SheetTable:
    """Check the archive, find its first sheet with rows, read its header; raises Unreadable."""
    try:
        with open_archive(path) as archive:
            check_members(archive)
            book = Book(archive)
            store_strings(archive, store)
            for member in book.sheets:
                found = _read_header(path, archive, member, book, store)
                if found:
                    return found
    except (zipfile.BadZipFile, zlib.error, KeyError, EOFError, NotImplementedError):
        raise Unreadable(BROKEN) from None
    except RuntimeError:  # zipfile's answer to a password
        raise Unreadable("这个文件加了密码。请去掉密码另存后再上传。") from None
    except expat.ExpatError:
        raise Unreadable(BROKEN) from None
    raise Unreadable("工作簿里没有内容。请重新导出后再上传。")


def _read_header(
    path: Path, archive: zipfile.ZipFile, member: str, book: Book, store: sqlite3.Connection
) -> SheetTable | None:
    sheet = _Sheet(lookup(store), book.dates, book.shift)
    with archive.open(member) as stream:
        for _, cells, end in sheet.read(stream, Place(), ("", "")):
            if any(cells):
                header, size = tidy_header(cells), archive.getinfo(member).file_size
                return SheetTable(
                    path, member, header, end, size, sheet.tags, book.dates, book.shift, store
                )
    return None


# -- the sheet ----------------------------------------------------------------------------------


class _Sheet:
    """Turns the events of the sheet's XML into rows of text."""

    def __init__(self, strings: Callable[[str], str], dates: frozenset[int], shift: int) -> None:
        self.strings, self.dates, self.shift = strings, dates, shift
        self.tags = ("", "")
        self.text = CellText()
        self.cells: list[str] = []
        self.done: list[tuple[int, list[str], Place]] = []
        self.kind = self.style = ""
        self.begun = self.column = self.next = 0
        self.over = False

    def read(
        self, stream: IO[bytes], place: Place, tags: tuple[str, str]
    ) -> Iterator[tuple[int, list[str], Place]]:
        """Rows behind a place: line, cells, and the place to go on from."""
        prefix = b""
        if place.offset:  # begin again in the middle, inside the elements that were open
            self.tags, prefix = tags, f"<{tags[0]}><{tags[1]}>".encode()
            stream.seek(place.offset)
        self.behind = place.line
        self.line = max(0, place.line - 1)  # rows that say no number count on from here
        self.base = place.offset - len(prefix)
        self.parser = new_parser()
        self.parser.StartElementHandler, self.parser.EndElementHandler = self._start, self._end
        self.parser.CharacterDataHandler = self.text.add
        self.parser.Parse(prefix, False)
        for _ in feed(self.parser, stream, len(prefix)):
            yield from self.done
            self.done.clear()
            if self.over:
                return

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        name = self.text.start(tag)
        if name == "c":
            self.kind, self.style = attributes.get("t", "n"), attributes.get("s", "")
            self.column = _column(attributes["r"]) if "r" in attributes else self.next
            self.next = self.column + 1
        elif name == "row":
            self.begun = self.base + self.parser.CurrentByteIndex
            number = attributes.get("r", "")
            self.line = int(number) if number.isdecimal() else self.line + 1
            self.cells, self.next = [], 0
        elif name == "worksheet":
            self.tags = (tag, "")
        elif name == "sheetData":
            self.tags = (self.tags[0], tag)

    def _end(self, tag: str) -> None:
        name = self.text.end(tag)
        if name == "c":
            self._put(self.text.take())
        elif name == "row":
            if self.line > self.behind:  # the row to go on from is read once more, and left out
                self.done.append((self.line, self.cells, Place(self.begun, self.line)))
        elif name == "sheetData":
            self.over = True

    def _put(self, value: str) -> None:
        if not value:
            return
        if self.column > 2 * MAX_COLUMNS:
            raise Unreadable(f"表格超过 {MAX_COLUMNS} 列，不像数据表格。请删掉多余的列，再上传。")
        self.cells += [""] * (self.column + 1 - len(self.cells))
        self.cells[self.column] = self._text(value)

    def _text(self, value: str) -> str:
        if self.kind == "s":
            return self.strings(value)
        if self.kind == "n":
            if self.style.isdigit() and int(self.style) in self.dates:
                return _date_text(value, self.shift)
            return number_text(value)
        if self.kind == "d":
            return value.replace("T", " ").rstrip("Z")
        return value


_REFERENCE = re.compile(r"([A-Z]{1,3})\d*")


@lru_cache(maxsize=4096)
def _column(reference: str) -> int:
    match = _REFERENCE.fullmatch(reference)
    if match is None:
        raise Unreadable(BROKEN)
    number = 0
    for letter in match[1]:
        number = number * 26 + ord(letter) - 64
    return number - 1


def number_text(value: str) -> str:
    """A number as it was meant. Beyond 15 digits a spreadsheet has lost the rest: `3.5…E+16`."""
    if value.isdigit():
        lost = len(value) > 15 and not value[15:].strip("0")
        return f"{value[0]}.{value[1:15]}E+{len(value) - 1}" if lost else value
    try:
        number = float(value)
    except ValueError:
        return value
    if abs(number) >= 1e15:
        return f"{number:.14E}"
    rounded = round(number, 6)
    return str(int(rounded)) if rounded == int(rounded) else str(rounded)


def _date_text(value: str, shift: int) -> str:
    try:
        moment = from_serial(float(value)) + timedelta(days=shift)
    except (ValueError, OverflowError):
        return value
    return moment.strftime("%Y-%m-%d %H:%M:%S")
