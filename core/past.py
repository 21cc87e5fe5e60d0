"""History rows as the database copies them: what stands in a row need not travel back to it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from typing import Any

from django.db import connection, models
from simple_history.utils import get_history_manager_for_model

from core.models import Act


def keep(model: type[models.Model], ids: Sequence[Any], kind: str, act: Act) -> None:
    """One history row for each, as the rows stand now, with the act as its reason.

    `kind`: `+` made, `~` changed.
    """
    head, key, fields = _statement(model)
    values = [act.id, act.at, kind, act.actor_id]
    own = [f.get_db_prep_save(v, connection) for f, v in zip(fields, values, strict=True)]
    where, which = among(key, ids)
    with connection.cursor() as cursor:
        cursor.execute(f"{head} WHERE {where}", [*own, *which])


_OWN = ("history_change_reason", "history_date", "history_type", "history_user_id")


@cache
def _statement(model: type[models.Model]) -> tuple[str, str, list[Any]]:
    """The statement up to its condition, the column of the key, and what history adds."""
    past, quote = get_history_manager_for_model(model).model, connection.ops.quote_name
    fields = [past._meta.get_field(name) for name in _OWN]
    kept = ", ".join(quote(field.column) for field in past.tracked_fields)
    added = ", ".join(quote(field.column) for field in fields)
    marks = ", ".join(["%s"] * len(fields))
    head = (
        f"INSERT INTO {quote(past._meta.db_table)} ({kept}, {added}) "  # noqa: S608
        f"SELECT {kept}, {marks} FROM {quote(model._meta.db_table)}"
    )
    return head, quote(str(model._meta.pk.column)), fields


def among(column: str, ids: Sequence[Any]) -> tuple[str, list[Any]]:
    """The condition that a column has one of many values, all in one parameter."""
    if connection.vendor == "postgresql":
        return f"{column} = ANY(%s)", [list(ids)]
    return f"{column} IN (SELECT value FROM json_each(%s))", [json.dumps(list(ids))]  # noqa: S608
