"""The workbook around a sheet: limits before anything is unpacked, its parts, shared strings."""

from __future__ import annotations

import re
import sqlite3
import zipfile
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path
from posixpath import join, normpath
from typing import IO
from xml.parsers import expat

from core.tables.errors import Unreadable
from core.tables.files import MAX_CELL, SAVE_AGAIN

MAX_UNPACKED = 1024**3
MAX_STRINGS = 256 * 1024**2
MAX_PART = 16 * 1024**2
MAX_RATIO = 250
MAX_DIRECTORY = 1024**2
MAX_TOKEN = 4 * 1024**2
MAX_NAMES = 2000
_CHUNK = 1 << 16

BOMB = "这个 XLSX 解压后大得不正常，为了安全没有打开。请在平台重新导出；数据多时分几次导出。"
BROKEN = f"这个 XLSX 已经损坏，打不开。请重新导出；还不行的话，{SAVE_AGAIN}"
NO_WORKBOOK = (
    "这是压缩包，不是 Excel 工作簿。如果里面是平台导出的表格，请先解压，再上传里面的 CSV 或 XLSX。"
)


# -- limits ------------------------------------------------------------------------------------


def open_archive(path: Path) -> zipfile.ZipFile:
    """Opened after its directory was found to be small: the library reads that at once."""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - 65_557))
        tail = file.read()
    end = tail.rfind(b"PK\x05\x06")
    if end < 0:
        raise Unreadable(BROKEN)
    directory = int.from_bytes(tail[end + 12 : end + 16], "little")
    if directory > MAX_DIRECTORY or tail[max(0, end - 20) : end].startswith(b"PK\x06\x07"):
        raise Unreadable(BOMB)
    return zipfile.ZipFile(path)


def check_members(archive: zipfile.ZipFile) -> None:
    members = archive.infolist()
    if not any(member.filename == "xl/workbook.xml" for member in members):
        raise Unreadable(NO_WORKBOOK)
    if sum(member.file_size for member in members) > MAX_UNPACKED:
        raise Unreadable(BOMB)
    for member in members:
        if member.flag_bits & 1:
            raise RuntimeError
        packed = max(member.compress_size, 1)
        if member.file_size > MAX_PART and member.file_size / packed > MAX_RATIO:
            raise Unreadable(BOMB)
        if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise Unreadable(BROKEN)


# -- parts of the workbook ------------------------------------------------------------------------


def new_parser() -> expat.XMLParserType:
    parser = expat.ParserCreate("utf-8")
    parser.buffer_text = True

    def refuse(*_: object) -> None:
        raise Unreadable(BROKEN)  # a workbook has no DTD; entities are how an XML bomb is built

    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    return parser


def feed(parser: expat.XMLParserType, stream: IO[bytes], fed: int = 0) -> Iterator[None]:
    """Parse a part chunk by chunk; an endless tag or endless new names are no workbook."""
    while chunk := stream.read(_CHUNK):
        parser.Parse(chunk, False)
        fed += len(chunk)
        if fed - parser.CurrentByteIndex > MAX_TOKEN or len(parser.intern) > MAX_NAMES:
            raise Unreadable(BOMB)
        yield
    parser.Parse(b"", True)  # raises where the part was cut off: rows would be missing


def local(tag: str) -> str:
    return tag[tag.find(":") + 1 :]


def _elements(archive: zipfile.ZipFile, member: str) -> list[tuple[str, dict[str, str]]]:
    """Tags and attributes of a small part in order; () where there is no such part."""
    if member not in archive.namelist():
        return []
    if archive.getinfo(member).file_size > MAX_PART:
        raise Unreadable(BOMB)
    found: list[tuple[str, dict[str, str]]] = []
    parser = new_parser()
    parser.StartElementHandler = lambda tag, attributes: found.append((local(tag), attributes))
    parser.Parse(archive.read(member), True)
    return found


class Book:
    """Which sheets there are, and which styles are dates."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        book = _elements(archive, "xl/workbook.xml")
        targets = {
            attributes.get("Id"): attributes.get("Target", "")
            for tag, attributes in _elements(archive, "xl/_rels/workbook.xml.rels")
            if tag == "Relationship"
        }
        self.sheets = [
            _member(targets[_relation(attributes)])
            for tag, attributes in book
            if tag == "sheet"
            and attributes.get("state", "visible") == "visible"
            and "worksheets/" in targets.get(_relation(attributes), "")
        ]
        old_mac = any(
            tag == "workbookPr" and attributes.get("date1904") in ("1", "true")
            for tag, attributes in book
        )
        self.shift = 1462 if old_mac else 0
        self.dates = _date_styles(_elements(archive, "xl/styles.xml"))


def _relation(attributes: dict[str, str]) -> str | None:
    return next((value for name, value in attributes.items() if name.endswith(":id")), None)


def _member(target: str) -> str:
    return target.lstrip("/") if target.startswith("/") else normpath(join("xl", target))


_QUOTED = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')
_DATE_IDS = frozenset([*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)])


def _date_styles(elements: list[tuple[str, dict[str, str]]]) -> frozenset[int]:
    """The numbers of the cell styles that show a date or a time."""
    custom = {
        attributes.get("numFmtId"): attributes.get("formatCode", "")
        for tag, attributes in elements
        if tag == "numFmt"
    }
    dates, place, inside = set(), 0, False
    for tag, attributes in elements:
        if tag in ("cellXfs", "cellStyles", "dxfs"):
            inside = tag == "cellXfs"
        elif tag == "xf" and inside:
            number = attributes.get("numFmtId", "0")
            code = _QUOTED.sub("", custom.get(number, "")).lower()
            if (number.isdigit() and int(number) in _DATE_IDS) or set(code) & set("ymdhs"):
                dates.add(place)
            place += 1
    return frozenset(dates)


# -- shared strings -----------------------------------------------------------------------------


def store_strings(archive: zipfile.ZipFile, store: sqlite3.Connection) -> None:
    """Put the shared strings into a table of the store, once."""
    name = "xl/sharedStrings.xml"
    made = store.execute("SELECT 1 FROM sqlite_master WHERE name = 'string'").fetchone()
    if made:
        return
    if name in archive.namelist() and archive.getinfo(name).file_size > MAX_STRINGS:
        raise Unreadable(BOMB)
    with store:
        store.execute("BEGIN")
        store.execute("CREATE TABLE string (id INTEGER PRIMARY KEY, text TEXT)")
        if name in archive.namelist():
            with archive.open(name) as stream:
                store.executemany("INSERT INTO string VALUES (?, ?)", enumerate(_strings(stream)))


def _strings(stream: IO[bytes]) -> Iterator[str]:
    """Texts of `<si>` in order: all its `<t>`, but for the readings of `<rPh>`."""
    done: list[str] = []
    text = CellText()

    def end(tag: str) -> None:
        if text.end(tag) == "si":
            done.append(text.take())

    parser = new_parser()
    parser.StartElementHandler = lambda tag, _: text.start(tag)
    parser.EndElementHandler, parser.CharacterDataHandler = end, text.add
    for _ in feed(parser, stream):
        yield from done
        done.clear()


class CellText:
    """Gathers the characters of `<v>` and `<t>`, never more than a cell may hold."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.length = 0
        self.inside = self.reading = False

    def start(self, tag: str) -> str:
        name = local(tag)
        if name in ("v", "t"):
            self.inside = not self.reading
        elif name == "rPh":
            self.reading = True
        return name

    def end(self, tag: str) -> str:
        name = local(tag)
        if name in ("v", "t"):
            self.inside = False
        elif name == "rPh":
            self.reading = False
        return name

    def add(self, data: str) -> None:
        if self.inside and self.length <= MAX_CELL:
            self.parts.append(data)
            self.length += len(data)

    def take(self) -> str:
        text = "".join(self.parts)
        self.parts.clear()
        self.length = 0
        return text


def lookup(store: sqlite3.Connection) -> Callable[[str], str]:
    @lru_cache(maxsize=32768)
    def text(number: str) -> str:
        row = store.execute("SELECT text FROM string WHERE id = ?", [number]).fetchone()
        return row[0] if row else ""

    return text
