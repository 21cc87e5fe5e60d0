"""Open any file that can be read, say which format it is, and look into it for a mapping."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from core.tables.cells import clean, plain
from core.tables.errors import Unreadable
from core.tables.files import Table
from core.tables.open import open_table
from orders.formats import ali1688, douyin, jd, pdd, taobao, youzan
from orders.formats.errors import UnknownFormat
from orders.formats.layout import Format, Layout, lay, matches
from orders.formats.mapped import Mapping, lay_mapping, validate_mapping

FORMATS: tuple[Format, ...] = (
    taobao.ITEMS,
    youzan.ITEMS,
    taobao.ORDERS,
    douyin.ORDERS,
    pdd.ORDERS,
    youzan.ORDERS,
    jd.ORDERS,
    ali1688.ORDERS,
)
SAMPLE_ROWS = 5


def recognise(table: Table, mapping: Mapping | None) -> Layout:
    """The format by the headers, or as a user mapped them; raises UnknownFormat."""
    if mapping is not None:
        problems = validate_mapping(table.header, mapping)
        if problems:
            raise Unreadable("列对应用不了：" + "".join(problems))
        return lay_mapping(table.header, mapping)
    for format_ in FORMATS:
        if matches(format_, table.header):
            return lay(format_, table.header)
    raise UnknownFormat([clean(name) for name in table.header], _sample(table))


def lay_again(code: str, header: list[str], mapping: Mapping | None) -> Layout:
    """The layout that `recognise` found before."""
    if mapping is not None:
        return lay_mapping(header, mapping)
    return lay(next(each for each in FORMATS if each.code == code), header)


def _sample(table: Table) -> list[list[str]]:
    rows = islice(table.rows(table.start), SAMPLE_ROWS)
    return [[clean(cell) for cell in row.cells] for row in rows]


@dataclass(frozen=True, slots=True)
class Peek:
    """What a file is, without reading it on; `format` is '' when no format knows it."""

    format: str
    name: str
    header: list[str]
    sample: list[list[str]]
    holds_items: bool = False
    channels: tuple[str, ...] = ()


def peek(path: Path) -> Peek:
    """Look at the header and the first rows; raises Unreadable, but not for an unknown format."""
    with closing(open_table(path)) as table:
        header, sample = [clean(name) for name in table.header], _sample(table)
        try:
            found = recognise(table, None).format
        except UnknownFormat:
            return Peek("", "", header, sample)
        return Peek(found.code, found.name, header, sample, found.holds_items, found.channels)


def words(path: Path, column: str, *, most: int = 50, rows: int = 20_000) -> list[str]:
    """The different words in a column of the first rows, for mapping states; [] without it."""
    with closing(open_table(path)) as table:
        names = [plain(name) for name in table.header]
        if plain(column) not in names:
            return []
        place, found = names.index(plain(column)), dict[str, None]()
        for row in islice(table.rows(table.start), rows):
            word = clean(row.cells[place]) if len(row.cells) > place else ""
            if word and not row.problem:
                found[word] = None
            if len(found) >= most:
                break
        return list(found)
