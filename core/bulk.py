"""Many rows at once with their history: COPY on PostgreSQL, multi-row INSERT elsewhere.

`bulk_create` and `update()` write no history and are several times slower than COPY; imports and
seeds go through here, inside an act (architecture §5).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.db import connection, models
from simple_history.utils import get_history_manager_for_model

from core.acts import current_act


def next_ids(model: type[models.Model], count: int) -> list[int]:
    """Reserve `count` ids of a table, so that children can be written without asking back."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
                [table, count],
            )
            return [row[0] for row in cursor.fetchall()]
        # The IMMEDIATE transaction is the lock: nobody else can insert meanwhile.
        name = connection.ops.quote_name(table)
        cursor.execute(f"SELECT coalesce(max(id), 0) FROM {name}")  # noqa: S608
        first = cursor.fetchone()[0] + 1
        return list(range(first, first + count))


def insert(model: type[models.Model], rows: Sequence[models.Model]) -> None:
    """Insert new rows (ids already set) and, where the model is historied, their first history."""
    if not rows:
        return
    fields = model._meta.concrete_fields
    _write(model, fields, ([f.pre_save(row, True) for f in fields] for row in rows))
    if hasattr(model, "history"):
        record_history(model, rows, "+")


def record_history(model: type[models.Model], rows: Sequence[models.Model], kind: str) -> None:
    """One history row for each, with the current act as its reason; kind `+` or `~`."""
    past = get_history_manager_for_model(model).model
    tracked = past.tracked_fields
    act = current_act()
    extra = [
        past._meta.get_field(name)
        for name in ("history_change_reason", "history_date", "history_type", "history_user")
    ]
    tail = [act.id, act.at, kind, act.actor_id]
    fields = [past._meta.get_field(f.name) for f in tracked] + extra
    names = [f.attname for f in tracked]
    _write(past, fields, ([getattr(row, name) for name in names] + tail for row in rows))


def _write(model: type[models.Model], fields: Sequence[Any], rows: Iterable[Sequence[Any]]) -> None:
    if connection.vendor == "postgresql":
        _copy(model._meta.db_table, fields, rows)
    else:
        _insert_many(model._meta.db_table, fields, rows)


def _copy(table: str, fields: Sequence[Any], rows: Iterable[Sequence[Any]]) -> None:
    quote = connection.ops.quote_name
    columns = ", ".join(quote(f.column) for f in fields)
    turn = _turners(fields)
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY {quote(table)} ({columns}) FROM STDIN") as copy,
    ):
        for row in rows:
            values = list(row)
            for index, change in turn:
                if values[index] is not None:
                    values[index] = change(values[index])
            copy.write_row(values)


def _turners(fields: Sequence[Any]) -> list[tuple[int, Callable[[Any], Any]]]:
    """Which columns COPY needs in another shape: JSON as text."""
    return [(i, _dump) for i, f in enumerate(fields) if f.get_internal_type() == "JSONField"]


def _dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _insert_many(table: str, fields: Sequence[Any], rows: Iterable[Sequence[Any]]) -> None:
    quote = connection.ops.quote_name
    columns = ", ".join(quote(f.column) for f in fields)
    marks = ", ".join(["%s"] * len(fields))
    sql = f"INSERT INTO {quote(table)} ({columns}) VALUES ({marks})"  # noqa: S608
    prepared = (
        [f.get_db_prep_save(v, connection) for f, v in zip(fields, row, strict=True)]
        for row in rows
    )
    with connection.cursor() as cursor:
        cursor.executemany(sql, list(prepared))
