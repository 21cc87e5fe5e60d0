"""A file on its way in: its rows put into an SQLite file beside it, then read order by order.

The detour does four things at once. It can stop after every few hundred rows and go on after a
kill, since a batch and the place in the file are written in one transaction. Rows of one order
come together wherever they stand. The products' file is joined by order number. And memory stays
flat whatever the file's size.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from hashlib import blake2b
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from core.tables.cells import clean, order_number
from core.tables.errors import Bad, RowRejected
from core.tables.files import Place, Table, TableRow
from core.tables.open import open_table
from orders.formats.build import build
from orders.formats.errors import ItemsAlone, NotItems
from orders.formats.layout import Layout, Row
from orders.formats.mapped import Mapping
from orders.formats.records import ImportedOrder, Record
from orders.formats.states import RANK
from orders.formats.tables import lay_again, recognise

VERSION = 1  # a staged file of another version is staged anew
BATCH = 1000
_SEP = "\x1f"  # no cell has it: rows with control characters are marked as garbled
_SCHEMA = """
CREATE TABLE state (name TEXT PRIMARY KEY, value TEXT);
CREATE TABLE row (line INTEGER PRIMARY KEY, no TEXT, cells TEXT, problem TEXT);
CREATE TABLE item (line INTEGER PRIMARY KEY, no TEXT, cells TEXT, problem TEXT);
"""
_INDEXES = """
CREATE INDEX IF NOT EXISTS row_no ON row (no);
CREATE INDEX IF NOT EXISTS item_no ON item (no);
CREATE TABLE IF NOT EXISTS place AS SELECT min(line) AS first, no FROM row GROUP BY no;
CREATE INDEX IF NOT EXISTS place_first ON place (first);
"""
_LAST = {
    "row": "SELECT no FROM row ORDER BY line DESC LIMIT 1",
    "item": "SELECT no FROM item ORDER BY line DESC LIMIT 1",
}
_INSERT = {
    "row": "INSERT OR REPLACE INTO row VALUES (?, ?, ?, ?)",
    "item": "INSERT OR REPLACE INTO item VALUES (?, ?, ?, ?)",
}


@dataclass(frozen=True, slots=True)
class Staged:
    """How far a file is. `position` of `size` bytes are read; `rows`, `orders` count when `done`.

    `items_left_over`: rows of the products' file whose order is not in the orders' file.
    """

    done: bool
    format: str
    name: str
    channels: tuple[str, ...]
    header: tuple[str, ...]
    position: int
    size: int
    rows: int = 0
    orders: int = 0
    items_left_over: int = 0


def never() -> bool:
    return False


def stage(
    path: Path,
    into: Path,
    *,
    items: Path | None = None,
    mapping: Mapping | None = None,
    late: Callable[[], bool] = never,
) -> Staged:
    """Read a file into `into` until the end or until `late()`; call again until it is done.

    Raises Unreadable (UnknownFormat, ItemsAlone, NotItems) when the file cannot be taken at all.
    """
    with closing(_open(into)) as db:
        tables = _tables(path, items, mapping, into)
        try:
            return _fill(db, tables, late)
        finally:
            for table, _ in tables.values():
                table.close()


def _open(into: Path) -> sqlite3.Connection:
    """The staging file; made anew when it is not there or not ours."""
    try:
        db = sqlite3.connect(into, isolation_level=None)
        version = db.execute("PRAGMA user_version").fetchone()[0]
        if version == VERSION:
            return db
        db.close()
    except sqlite3.DatabaseError:
        pass
    discard(into)
    db = sqlite3.connect(into, isolation_level=None)
    db.executescript(f"{_SCHEMA} PRAGMA user_version = {VERSION};")
    return db


def discard(into: Path) -> None:
    """Remove a staging file and what lies beside it: it holds names and addresses."""
    for path in into.parent.glob(f"{into.name}*"):
        path.unlink(missing_ok=True)


Tables = dict[str, tuple[Table, Layout]]


def _tables(path: Path, items: Path | None, mapping: Mapping | None, into: Path) -> Tables:
    """The orders' table and the products'; given in the wrong order they change places."""
    store = into.with_name(f"{into.name}-strings")
    first = open_table(path, store)
    layout = recognise(first, mapping)
    if items is None:
        if layout.format.holds_items:
            first.close()
            raise ItemsAlone(layout.format.name)
        return {"row": (first, layout)}
    second = open_table(items, into.with_name(f"{into.name}-strings-items"))
    other = recognise(second, None)
    pairs = [(first, layout), (second, other)]
    if layout.format.holds_items:
        pairs.reverse()
    (orders, details) = pairs
    if orders[1].format.holds_items or not details[1].format.holds_items:
        for table, _ in pairs:
            table.close()
        raise NotItems(
            f"两个文件应当一个是订单，一个是商品明细，现在是“{layout.format.name}”和"
            f"“{other.format.name}”。请重新选择。"
        )
    return {"row": orders, "item": details}


def _fill(db: sqlite3.Connection, tables: Tables, late: Callable[[], bool]) -> Staged:
    done = bool(_get(db, "done"))
    if not done:
        _put(db, "layouts", {name: _described(layout) for name, (_, layout) in tables.items()})
        done = all(_copy(db, name, *tables[name], late) for name in tables)
        if done:
            db.executescript(_INDEXES)
            _put(db, "counts", _counts(db))
            _put(db, "done", True)
    size = sum(table.size for table, _ in tables.values())
    position = sum(_place(db, name, table).offset for name, (table, _) in tables.items())
    layout = tables["row"][1]
    return Staged(
        done=done,
        format=layout.format.code,
        name=layout.format.name,
        channels=layout.format.channels,
        header=tuple(clean(name) for name in layout.header),
        position=size if done else min(position, size),
        size=size,
        **(_get(db, "counts") or {}),
    )


def _counts(db: sqlite3.Connection) -> dict[str, int]:
    queries = {
        "rows": "SELECT count(*) FROM row",
        "orders": "SELECT count(*) FROM place",
        "items_left_over": "SELECT count(*) FROM item WHERE no NOT IN (SELECT no FROM place)",
    }
    return {name: db.execute(query).fetchone()[0] for name, query in queries.items()}


def _get(db: sqlite3.Connection, name: str) -> Any:
    row = db.execute("SELECT value FROM state WHERE name = ?", [name]).fetchone()
    return json.loads(row[0]) if row else None


def _put(db: sqlite3.Connection, name: str, value: Any) -> None:
    db.execute("INSERT OR REPLACE INTO state VALUES (?, ?)", [name, json.dumps(value)])


def _place(db: sqlite3.Connection, name: str, table: Table) -> Place:
    told = _get(db, f"place_{name}")
    return Place(*told) if told else table.start


def _described(layout: Layout) -> dict[str, Any]:
    mapped = layout.format.code == "mapped"
    columns = {ours: layout.header[place] for ours, place in layout.index.items()}
    mapping = Mapping(columns, layout.format.states) if mapped else None
    return {
        "code": layout.format.code,
        "header": layout.header,
        "mapping": asdict(mapping) if mapping else None,
    }


# -- filling ---------------------------------------------------------------------------------------

StagedRow = tuple[int, str, str, str]


def _copy(
    db: sqlite3.Connection, name: str, table: Table, layout: Layout, late: Callable[[], bool]
) -> bool:
    """Copy rows from where it stopped; says whether the end is reached."""
    place, batch = _place(db, name, table), list[StagedRow]()
    last = db.execute(_LAST[name]).fetchone()
    number, end = last[0] if last else "", place
    for row in table.rows(place):
        if row.cells == layout.header:  # exports glued together repeat it
            continue
        staged = _staged(layout, row, number)
        number, end = staged[1], row.end
        batch.append(staged)
        if len(batch) >= BATCH:
            _save(db, name, batch, end)
            batch = []
            if late():
                return False
    _save(db, name, batch, end)
    return True


def _save(db: sqlite3.Connection, name: str, batch: list[StagedRow], end: Place) -> None:
    """The rows and the place behind them: both or neither."""
    db.execute("BEGIN")
    db.executemany(_INSERT[name], batch)
    _put(db, f"place_{name}", end)
    db.execute("COMMIT")


def _staged(layout: Layout, row: TableRow, before: str) -> StagedRow:
    """The row under its order's number; one that cannot be told stands alone as `?line`."""
    column, number, reason = layout.number, "", row.problem
    value = clean(row.cells[column]) if len(row.cells) > column else ""
    if not value and layout.format.runs_on and before and not reason:
        return row.line, before, _SEP.join(row.cells), ""
    try:
        number = order_number(value)
    except ValueError as error:
        reason = reason or str(error)
    cells = row.cells
    if reason:
        cells = [cell.replace(_SEP, "\ufffd") for cell in cells]
        told = (clean(layout.header[column]), value[:200]) if not row.problem else ("", "")
        reason = _SEP.join([*told, reason])
    return row.line, number or f"?{row.line}", _SEP.join(cells), reason


# -- reading ---------------------------------------------------------------------------------------

_ROWS = """
SELECT place.first, row.line, row.cells, row.problem FROM place JOIN row ON row.no = place.no
WHERE place.first > ? ORDER BY place.first, row.line
"""
_ITEMS = "SELECT line, cells, problem FROM item WHERE no = ? ORDER BY line"


def records(into: Path, after: int = 0) -> Generator[tuple[int, list[Record]], None, None]:
    """Order by order, in the order of their first lines: a cursor, and what became of the rows.

    One `ImportedOrder`, or a `RowRejected` for each of the order's rows. Give the last cursor
    as `after` to go on behind it. The file must be staged to its end.
    """
    with closing(sqlite3.connect(f"file:{into}?mode=ro", uri=True)) as db:
        if not _get(db, "done"):
            raise RuntimeError(f"{into.name} is not staged to its end")
        layouts = {name: _laid(told) for name, told in _get(db, "layouts").items()}
        digest = blake2b(json.dumps([VERSION, _get(db, "layouts")]).encode(), digest_size=16)
        for first, group in groupby(db.execute(_ROWS, [after]), key=lambda found: found[0]):
            rows = [(line, cells, problem) for _, line, cells, problem in group]
            yield first, _read(db, layouts, rows, digest.copy())


def _laid(told: dict[str, Any]) -> Layout:
    mapping = Mapping(**told["mapping"]) if told["mapping"] else None
    return lay_again(told["code"], told["header"], mapping)


Found = tuple[int, str, str]  # line, cells, problem


def _read(
    db: sqlite3.Connection, layouts: dict[str, Layout], found: list[Found], digest: Any
) -> list[Record]:
    for line, _, problem in found:
        if problem:
            return _rejected(found, line, Bad(*problem.split(_SEP)))
    layout = layouts["row"]
    rows = [Row(layout, line, cells.split(_SEP)) for line, cells, _ in found]
    try:
        items = _items(db, layouts["item"], rows[0], digest) if "item" in layouts else []
        for _, cells, _ in found:
            digest.update(cells.encode())
        return [_order(layout, rows, items, digest.hexdigest())]
    except _InRow as error:
        return _rejected(found, error.row.line, error.bad)
    except Bad as error:
        return _rejected(found, rows[0].line, error)


class _InRow(Exception):
    def __init__(self, row: Row, bad: Bad) -> None:
        super().__init__(bad.reason)
        self.row, self.bad = row, bad


def _order(layout: Layout, rows: list[Row], items: list[Row], digest: str) -> ImportedOrder:
    """One order; where a format has one row each, of several rows the furthest state counts."""
    if layout.format.many_rows or len(rows) == 1:
        return build(rows, items, digest)
    orders = []
    for row in rows:
        try:
            orders.append(build([row], items, digest))
        except Bad as error:
            raise _InRow(row, error) from None
    best = max(orders, key=lambda order: (RANK.index(order.state), order.line))
    return replace(best, raw=tuple(raw for order in orders for raw in order.raw))


def _items(db: sqlite3.Connection, layout: Layout, order: Row, digest: Any) -> list[Row]:
    """The order's rows in the products' file; raises Bad where one cannot be used."""
    items = []
    for line, cells, problem in db.execute(_ITEMS, [order_number(order.text("number"))]):
        if problem:
            raise _in_items(Bad(*problem.split(_SEP)), line)
        row = Row(layout, line, cells.split(_SEP))
        try:
            row.count("quantity")
            row.money("price")
        except Bad as error:
            raise _in_items(error, line) from None
        digest.update(cells.encode())
        items.append(row)
    return items


def _in_items(bad: Bad, line: int) -> Bad:
    return Bad(bad.column, bad.value, f"商品明细文件第 {line} 行：{bad.reason}")


def _rejected(found: list[Found], guilty: int, bad: Bad) -> list[Record]:
    """All rows of the order: half an order must not come in."""
    others = f"同一订单的第 {guilty} 行有问题，整张订单都没有导入：{bad.reason}"
    return [
        RowRejected(line, bad.column, bad.value, bad.reason, tuple(cells.split(_SEP)))
        if line == guilty
        else RowRejected(line, "", "", others, tuple(cells.split(_SEP)))
        for line, cells, _ in found
    ]


def read_orders(
    path: Path, *, items: Path | None = None, mapping: Mapping | None = None
) -> Iterator[Record]:
    """All records of a file at once, staged in a temporary folder; raises Unreadable."""
    with TemporaryDirectory() as folder:
        into = Path(folder) / "staged"
        stage(path, into, items=items, mapping=mapping)
        for _, found in records(into):
            yield from found
