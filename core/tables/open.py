"""Open any table that can be read."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from core.tables.files import Table, check_kind, open_text
from core.tables.sheets import open_sheet


def open_table(path: Path, store: Path | None = None) -> Table:
    """Open a CSV or XLSX by what its bytes are; close it after use. Raises Unreadable.

    `store`: where a workbook's shared strings may lie, to be found again by the next slice.
    """
    if check_kind(path) == "text":
        return open_text(path)
    connection = sqlite3.connect(store or "", isolation_level=None, check_same_thread=False)
    try:
        return open_sheet(path, connection)
    except BaseException:
        connection.close()
        raise
