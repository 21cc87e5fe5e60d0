"""What is wrong with a file, or with one row of it, as a colleague would say it."""

from __future__ import annotations

from dataclasses import dataclass


class Unreadable(Exception):
    """The file as a whole cannot be read; the text says why and what to do."""


class Bad(Exception):
    """One cell that cannot be used. Raised while a row is read; becomes a `RowRejected`."""

    def __init__(self, column: str, value: str, reason: str) -> None:
        super().__init__(reason)
        self.column = column
        self.value = value
        self.reason = reason


@dataclass(frozen=True, slots=True)
class RowRejected:
    """One row that is not taken in: where, what stood there, and why; `cells` are the row."""

    line: int
    column: str
    value: str
    reason: str
    cells: tuple[str, ...]
