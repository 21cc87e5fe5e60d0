"""One row of a gateway's bill, whatever the gateway calls its columns. Pure."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from core.tables.cells import CHINA, clean
from core.tables.files import Place
from refunds.words import BillWhat, There


@dataclass(frozen=True, slots=True)
class Entry:
    """Yuan, never negative. `number` is our refund's, where the bill names it.

    `label`: the gateway's own word for it, or what could not be read in it.
    """

    line: int
    what: BillWhat
    trade: str = ""
    number: str = ""
    amount: Decimal = Decimal("0.00")
    at: datetime | None = None
    label: str = ""
    there: There = There.DONE
    mark: str = ""

    @property
    def day(self) -> date | None:
        return self.at.astimezone(CHINA).date() if self.at else None


class Counted(NamedTuple):
    """How many rows the bill itself says that it has."""

    rows: int


class Read(NamedTuple):
    """What a line became, and the place behind it."""

    entry: Entry | Counted | None
    end: Place


def bare(cell: str) -> str:
    """A cell without tabs, blanks and WeChat's mark before it."""
    return clean(clean(cell).removeprefix("`"))


def mark_of(cells: list[str]) -> str:
    """The same for the same row, in whatever file it comes again."""
    text = "\x1f".join(bare(cell) for cell in cells)
    return hashlib.sha256(text.encode()).hexdigest()[:40]


def unread(line: int, cells: list[str], why: str) -> Entry:
    """A row that cannot be used: it is kept, with the reason."""
    return Entry(line, BillWhat.UNREAD, label=why[:200], mark=mark_of(cells))
