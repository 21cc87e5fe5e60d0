"""A bill as a file: out of its archive, its header found below the comments, its rows read."""

from __future__ import annotations

import csv
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from core.tables.cells import plain
from core.tables.errors import Bad, Unreadable
from core.tables.files import SAMPLE, Place, TableRow, TextTable, check_kind, sniff_encoding
from refunds.bills.entry import Counted, Entry, Read, bare, mark_of, unread
from refunds.bills.layouts import BY_NAME, LAYOUTS, Layout
from refunds.words import BillWhat

MOST_BYTES = 20 * 2**20  # as it is uploaded
MOST_UNPACKED = 200 * 2**20
MOST_COMMENTS = 30
OTHER = (
    "看不出是哪种账单。要支付宝的业务明细或账务明细（CSV 或下载的 ZIP），"
    "或者微信支付的交易账单（全部、支付或退款），不要改列名。"
)
WHOLE = "结尾的合计不见了，账单没有下载完整。请重新下载。"
_PERIOD = re.compile(r"(\d{4})年(\d{2})月(\d{2})日 00:00:00\D+(\d{4})年(\d{2})月(\d{2})日 00:00")
_COUNT = re.compile(r"合计[:：](\d+)笔")
_TOTALS = "总交易单数"


@dataclass(frozen=True, slots=True)
class Opened:
    """A bill with its kind, and the day that its comments name."""

    layout: Layout
    table: TextTable
    day: date | None


def unpack(path: Path) -> None:
    """Put the detailed list of an archive in its place; raises Unreadable."""
    with path.open("rb") as file:
        if file.read(4) != b"PK\x03\x04":
            return
    try:
        with zipfile.ZipFile(path) as archive:
            data = path.with_suffix(".part")
            for member in archive.infolist():
                if _copied(archive, member, data) and _is_bill(data):
                    data.replace(path)
                    return
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        raise Unreadable("压缩包打不开，可能没有下载完整，或者加了密码。") from error
    raise Unreadable(f"压缩包里{OTHER}")


def _copied(archive: zipfile.ZipFile, member: zipfile.ZipInfo, to: Path) -> bool:
    if member.is_dir() or member.file_size > MOST_UNPACKED:
        return False
    left = MOST_UNPACKED
    with archive.open(member) as source, to.open("wb") as copy:
        while left > 0 and (part := source.read(min(1 << 20, left))):
            copy.write(part)
            left -= len(part)
    return left > 0


def _is_bill(path: Path) -> bool:
    try:
        open_bill(path)
    except Unreadable:
        return False
    return True


def open_bill(path: Path) -> Opened:
    """Find the header below the comments; raises Unreadable."""
    if check_kind(path) != "text":
        raise Unreadable(OTHER)
    with path.open("rb") as file:
        encoding, mark = sniff_encoding(file.read(SAMPLE))
        if encoding.startswith("utf-16"):
            raise Unreadable(OTHER)
        file.seek(mark)
        place, comments = Place(mark, 0), ""
        for _ in range(MOST_COMMENTS):
            raw = file.readline(100_000)
            text = raw.decode(encoding, "replace")
            place = Place(place.offset + len(raw), place.line + 1)
            header = next(csv.reader([text]), [])
            names = [plain(bare(name)) for name in header]
            layout = next((one for one in LAYOUTS if one.fits(names)), None)
            if layout:
                size = path.stat().st_size
                table = TextTable(path, encoding, ",", names, place, size)
                return Opened(layout, table, _day(comments))
            comments += text
    raise Unreadable(OTHER)


def _day(comments: str) -> date | None:
    """The one day of the comments; raises Unreadable for a longer time."""
    found = _PERIOD.search(comments)
    if not found:
        return None
    parts = [int(part) for part in found.groups()]
    try:
        first, end = date(*parts[:3]), date(*parts[3:])
    except ValueError:
        return None
    if (end - first).days > 1:
        raise Unreadable("这份账单不止一天。对账一天一份，请按天下载后再传。")
    return first


def read(bill: Opened, after: Place | None = None) -> Iterator[Read]:
    """The rows behind a place; comments say nothing but how many rows there are."""
    totals = False
    for row in bill.table.rows(after or bill.table.start):
        first = bare(row.cells[0]) if row.cells else ""
        if first.startswith("#"):
            yield Read(_counted(first), row.end)
        elif totals:
            yield Read(Counted(int(first)) if first.isdigit() else None, row.end)
            return
        elif first == _TOTALS:
            totals = True  # the next line has them, and is the last
        else:
            yield Read(_entry(bill, row), row.end)


def _counted(comment: str) -> Counted | None:
    found = _COUNT.search(comment)
    return Counted(int(found[1])) if found else None


def _entry(bill: Opened, row: TableRow) -> Entry:
    if row.problem:
        return unread(row.line, row.cells, row.problem)
    cells = {
        name: bare(cell) for name, cell in zip(bill.table.header, row.cells, strict=False) if name
    }
    try:
        entry = bill.layout.read(row.line, cells)
    except Bad as bad:
        return unread(row.line, row.cells, f"{bad.column}“{bad.value[:60]}”：{bad.reason}")
    if entry.what in (BillWhat.UNKNOWN, BillWhat.ASIDE):
        return _marked(entry, row.cells)
    return entry


def _marked(entry: Entry, cells: list[str]) -> Entry:
    from dataclasses import replace

    return replace(entry, mark=mark_of(cells))


def merchant_of(path: Path) -> tuple[Opened, str, date | None]:
    """The bill, WeChat's number of its merchant, and the day of its first payment or refund."""
    bill = open_bill(path)
    for row in bill.table.rows(bill.table.start):
        cells = dict(zip(bill.table.header, map(bare, row.cells), strict=False))
        entry = _entry(bill, row)
        if isinstance(entry, Entry) and entry.day:
            return bill, cells.get(plain("商户号"), ""), bill.day or entry.day
        if row.line > MOST_COMMENTS * 10:
            break
    return bill, "", bill.day


__all__ = ["BY_NAME", "MOST_BYTES", "Opened", "merchant_of", "open_bill", "read", "unpack"]
