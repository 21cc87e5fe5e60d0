"""Formats: which headers they have, under which of our names their columns are read.

Columns are found by name, never by place: they differ by year and by what a user ticked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple, TypeVar

from core.money import ZERO
from core.tables import cells
from core.tables.cells import clean, plain
from core.tables.errors import Bad
from orders.formats.records import ImportedLine

T = TypeVar("T")
LONGEST = 64  # characters of an amount, a number, a time: no expression runs on a longer text


class Money(NamedTuple):
    """What an order costs and who pays, yuan; see `ImportedOrder`."""

    goods_amount: Decimal
    freight: Decimal
    total: Decimal
    due: Decimal
    paid: Decimal
    platform_discount: Decimal = ZERO
    shop_discount: Decimal = ZERO
    refunded: Decimal = ZERO
    points: int = 0


class Lines(NamedTuple):
    """The products, or why they cannot be told apart."""

    lines: tuple[ImportedLine, ...] = ()
    unclear: str = ""


@dataclass(frozen=True, slots=True)
class Format:
    """One kind of export. `columns`: our name → the headers it may have; `sums` are added up.

    `signatures`: the file is of this format when it has all headers of one of them (`a|b`: either).
    `many_rows`: an order has one row per product, its amounts repeated (`repeated`) on each.
    """

    code: str
    name: str
    signatures: tuple[str, ...]
    columns: Mapping[str, str]
    money: Callable[[list[Row], Row, bool], Money]
    lines: Callable[[list[Row], Money, list[Row]], Lines]
    sums: Mapping[str, str] = field(default_factory=dict)
    channels: tuple[str, ...] = ()
    blanks: frozenset[str] = frozenset()
    states: Mapping[str, str] = field(default_factory=dict)
    many_rows: bool = False
    runs_on: bool = False  # the second row of an order leaves its number empty
    repeated: tuple[str, ...] = ()
    holds_items: bool = False


@dataclass(frozen=True, slots=True)
class Layout:
    """A format laid over the header of one file."""

    format: Format
    header: list[str]
    index: dict[str, int]
    sums: dict[str, list[int]]

    @property
    def number(self) -> int:
        return self.index["number"]


def lay(format_: Format, header: list[str]) -> Layout:
    """Find the format's columns in a header; of two columns of one name the first counts."""
    places: dict[str, int] = {}
    for place, name in enumerate(header):
        places.setdefault(plain(name), place)
    index = {}
    for ours, names in format_.columns.items():
        found = [places[plain(name)] for name in names.split("|") if plain(name) in places]
        if found:
            index[ours] = found[0]
    sums = {
        ours: [places[plain(name)] for name in names.split("|") if plain(name) in places]
        for ours, names in format_.sums.items()
    }
    return Layout(format_, header, index, {k: v for k, v in sums.items() if v})


def matches(format_: Format, header: list[str]) -> bool:
    """Has the header all columns of one of the format's signatures?"""
    names = {plain(name) for name in header}
    return any(
        all(names & {plain(name) for name in wanted.split("|")} for wanted in signature.split(","))
        for signature in format_.signatures
    )


# -- a row read by our names ---------------------------------------------------------------------


class Row:
    """One row of a file; cells are asked for by our names. What cannot be used raises `Bad`.

    `values` are the cells that say something, cleaned once: most cells of an export are empty.
    """

    __slots__ = ("cells", "index", "layout", "line", "values")

    def __init__(self, layout: Layout, line: int, row: list[str]) -> None:
        self.layout, self.line, self.cells = layout, line, row
        self.index, self.values = layout.index, dict[str, str]()
        blanks = layout.format.blanks
        for name, place in layout.index.items():
            if cell := row[place]:
                value = clean(cell)
                if value and value not in blanks:
                    self.values[name] = value

    def has(self, name: str) -> bool:
        return name in self.index

    def text(self, name: str) -> str:
        return self.values.get(name, "")

    def money(self, name: str) -> Decimal:
        """An amount that is not negative, yuan; 0 when empty or absent."""
        if name not in self.values:
            return ZERO
        found = self._read(name, cells.amount)
        if found < 0:
            raise self.bad(name, "金额不能是负数，请核对。")
        return found

    def signed(self, name: str) -> Decimal:
        """An amount that may be negative (a discount), yuan."""
        return self._read(name, cells.amount) if name in self.values else ZERO

    def sum(self, name: str) -> Decimal:
        """All columns of this name added up; a discount is written with either sign."""
        total = ZERO
        for place in self.layout.sums.get(name, ()):
            if self.cells[place]:
                total += abs(self._amount(place))
        return total

    def count(self, name: str) -> int:
        return self._read(name, cells.count)

    def moment(self, name: str) -> datetime | None:
        return self._read(name, cells.moment) if name in self.values else None

    def bad(self, name: str, reason: str) -> Bad:
        """The error that points to this cell."""
        place = self.index.get(name)
        return Bad("", "", reason) if place is None else self._bad(place, reason)

    def _bad(self, place: int, reason: str) -> Bad:
        return Bad(clean(self.layout.header[place]), clean(self.cells[place])[:200], reason)

    def _read(self, name: str, reader: Callable[[str], T]) -> T:
        try:
            return reader(self.values.get(name, "")[:LONGEST])
        except ValueError as error:
            raise self.bad(name, str(error)) from None

    def _amount(self, place: int) -> Decimal:
        value = clean(self.cells[place])
        try:
            return ZERO if value in self.layout.format.blanks else cells.amount(value[:LONGEST])
        except ValueError as error:
            raise self._bad(place, str(error)) from None


def merged(rows: list[Row]) -> Row:
    """The rows of one order as one: of each column the first value that is not empty."""
    first = rows[0]
    if len(rows) == 1:
        return first
    for name in first.layout.format.repeated:
        values = {text for text in (row.text(name) for row in rows) if text}
        if len(values) > 1:
            raise first.bad(name, "同一订单的几行，这一列却不一样，不知道以哪行为准。请核对。")
    blanks = first.layout.format.blanks
    columns = zip(*(row.cells for row in rows), strict=True)
    return Row(first.layout, first.line, [_first(values, blanks) for values in columns])


def _first(values: Iterable[str], blanks: frozenset[str]) -> str:
    return next((v for v in values if clean(v) and clean(v) not in blanks), "")
