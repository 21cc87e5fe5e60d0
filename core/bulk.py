"""Many rows at once with their history: COPY on PostgreSQL, multi-row INSERT elsewhere.

`bulk_create` and `update()` write no history and are several times slower than COPY; imports and
seeds go through here, inside an act (architecture §5).
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.db import connection, models

from core import past
from core.acts import current_act
from core.models import Act
from core.past import among

Row = Sequence[Any]


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


def find(
    model: type[models.Model], column: str, values: Sequence[Any], *names: str, only: str = ""
) -> list[Any]:
    """The named columns of the rows whose `column` has one of many values, as tuples.

    One parameter for all of them: Django's `__in` takes one each, which costs a chunk more than
    the query itself. `only`: a column that is true, too, as a partial index may ask for it.
    """
    if not values:
        return []
    quote = connection.ops.quote_name
    where, which = among(quote(column), values)
    also = f" AND {quote(only)}" if only else ""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {', '.join(map(quote, names))} "  # noqa: S608
            f"FROM {quote(model._meta.db_table)} WHERE {where}{also}",
            which,
        )
        rows: list[Any] = cursor.fetchall()
    return rows


def insert(model: type[models.Model], rows: Sequence[models.Model]) -> None:
    """Insert new rows (ids already set) and, where the model is historied, their first history."""
    fields = model._meta.concrete_fields
    names = [field.attname for field in fields]
    write(model, names, [[field.pre_save(row, True) for field in fields] for row in rows])


def write(model: type[models.Model], names: Sequence[str], rows: Sequence[Row]) -> None:
    """Insert rows given as values in the order of `names`.

    Columns that are not named take the model's default. History is written where there is one:
    then the id is among `names`.
    """
    if not rows:
        return
    fields, tail = _complete(model, names)
    if connection.vendor == "postgresql":
        _copy(model, fields, rows, tail)
    else:
        _insert_many(model, fields, rows, tail)
    if "id" not in names:  # no history, nobody listens
        return
    place = list(names).index("id")
    if hasattr(model, "history"):
        past.keep(model, [row[place] for row in rows], "+", current_act())
    _tell(model, names, rows, place)


def change(
    model: type[models.Model], names: Sequence[str], rows: Sequence[Row], *, history: bool = True
) -> None:
    """Set columns of rows given as (key, *values in the order of `names`), with their history.

    Each row must be locked by the running transaction. `history=False`: of columns that history
    leaves out anyway.
    """
    if not rows:
        return
    fields: list[Any] = [model._meta.get_field(name) for name in names]
    quote, table = connection.ops.quote_name, connection.ops.quote_name(model._meta.db_table)
    columns, key_column = [quote(field.column) for field in fields], quote(_key_column(model))
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            types = ["bigint", *(field.rel_db_type(connection) for field in fields)]
            arrays = ", ".join(f"%s::{kind}[]" for kind in types)
            new = ", ".join([key_column, *columns])
            sets = ", ".join(f"{column} = new.{column}" for column in columns)
            values = [list(column) for column in zip(*rows, strict=True)]
            for index, turn in _turners(fields):
                values[index + 1] = [
                    each if each is None else turn(each) for each in values[index + 1]
                ]
            cursor.execute(
                f"UPDATE {table} SET {sets} "  # noqa: S608
                f"FROM unnest({arrays}) AS new ({new}) "
                f"WHERE {table}.{key_column} = new.{key_column}",
                values,
            )
        else:
            sets = ", ".join(f"{column} = %s" for column in columns)
            cursor.executemany(
                f"UPDATE {table} SET {sets} WHERE {key_column} = %s",  # noqa: S608
                [[*_prepared(fields, values), key] for key, *values in rows],
            )
    if history and hasattr(model, "history"):
        past.keep(model, [row[0] for row in rows], "~", current_act())
    _tell(model, names, rows, 0)


def _key_column(model: type[models.Model]) -> str:
    return str(model._meta.pk.column)


def _tell(model: type[models.Model], names: Sequence[str], rows: Sequence[Row], at: int) -> None:
    """A model may want to know what was written past its `save`: columns and ids."""
    tell = getattr(model, "written_in_bulk", None)
    if tell is not None:
        tell(names, [row[at] for row in rows])


def _prepared(fields: Sequence[Any], values: Row) -> list[Any]:
    return [f.get_db_prep_save(v, connection) for f, v in zip(fields, values, strict=True)]


def _complete(model: type[models.Model], names: Sequence[str]) -> tuple[list[Any], list[Any]]:
    """The fields of `names` with those left out behind them, and the values of the latter."""
    by_name = {field.attname: field for field in model._meta.concrete_fields}
    missing = [
        field
        for name, field in by_name.items()
        if name not in names and not isinstance(field, models.AutoField)
        if field.has_default() or not field.has_db_default()  # else the database fills it
    ]
    return [by_name[name] for name in names] + missing, [field.get_default() for field in missing]


_PART = ("id", "subject_id", "order_no", "summary", "reason", "changes")
_WHOLE = ("verb", "actor_kind", "actor_id", "actor_name", "at", "clause", "outcome")


def write_parts(kind: str, parts: Sequence[Row]) -> None:
    """A line in the timeline of each row that the running act touches.

    Each part is (id, order number, summary, reason, changes) of a row of `kind`.
    """
    whole = current_act()
    same = [getattr(whole, name) for name in _WHOLE]
    rows = [[uuid.uuid4(), *part, whole.id, kind, *same] for part in parts]
    write(Act, [*_PART, "part_of_id", "subject_kind", *_WHOLE], rows)


def _copy(model: type[models.Model], fields: Sequence[Any], rows: Iterable[Row], tail: Row) -> None:
    quote = connection.ops.quote_name
    columns = ", ".join(quote(field.column) for field in fields)
    turn = _turners(fields)
    end = list(tail)
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY {quote(model._meta.db_table)} ({columns}) FROM STDIN") as copy,
    ):
        for row in rows:
            values = [*row, *end]
            for index, change in turn:
                if values[index] is not None:
                    values[index] = change(values[index])
            copy.write_row(values)


def _turners(fields: Sequence[Any]) -> list[tuple[int, Callable[[Any], Any]]]:
    """Which columns the database takes in another shape: JSON as text."""
    return [(i, _dump) for i, f in enumerate(fields) if f.get_internal_type() == "JSONField"]


_EMPTY = {"{}": "{}", "[]": "[]"}


def _dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False) if value else _EMPTY[str(value)]


def _insert_many(
    model: type[models.Model], fields: Sequence[Any], rows: Iterable[Row], tail: Row
) -> None:
    quote = connection.ops.quote_name
    columns = ", ".join(quote(field.column) for field in fields)
    marks = ", ".join(["%s"] * len(fields))
    sql = f"INSERT INTO {quote(model._meta.db_table)} ({columns}) VALUES ({marks})"  # noqa: S608
    prepared = [
        [f.get_db_prep_save(v, connection) for f, v in zip(fields, [*row, *tail], strict=True)]
        for row in rows
    ]
    with connection.cursor() as cursor:
        cursor.executemany(sql, prepared)
