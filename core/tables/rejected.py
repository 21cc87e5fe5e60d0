"""The rejected rows as a file that can be corrected in a spreadsheet and sent again."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

from core.tables.cells import clean, plain
from core.tables.errors import RowRejected

LINE, PROBLEM = "行号", "问题"
_FORMULA = frozenset("=+-@\t\r\n＝＋－＠|%")


def write_rejected(path: Path, header: Sequence[str], rows: Iterable[RowRejected]) -> int:
    """Write header and rows with two columns 行号 and 问题 behind them; says how many rows.

    Nothing in it is a formula to a spreadsheet, and long numbers are kept from being rounded.
    Read again, every cell cleans to what it was cleaned to before.
    """
    width = next((i for i, name in enumerate(header) if plain(name) == LINE), len(header))
    done = 0
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*(safe(name) for name in header[:width]), LINE, PROBLEM])
        for row in rows:
            cells = [*row.cells[:width], *[""] * (width - len(row.cells))]
            where = f"{clean(row.column)}：" if row.column else ""
            told = f"{where}{row.reason}"
            writer.writerow([*(safe(cell) for cell in cells), row.line, safe(told)])
            done += 1
    return done


def safe(cell: str) -> str:
    """A cell as mere text: an apostrophe before a formula, a tab before a long number."""
    text = clean(cell)
    if text[:1] in _FORMULA:
        return f"'{text}"
    if len(text) > 11 and text.isdigit():
        return f"\t{text}"
    return text
