"""Rows are locked in one fixed order and read once a transaction."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any, TypeVar

from django.db import models

from core.acts.running import Scope, current_log, open_scope

M = TypeVar("M", bound=models.Model)


def key_of(row: models.Model) -> tuple[str, Any]:
    return row._meta.label, row.pk


def _in_lock_order(rows: Sequence[M]) -> list[M]:
    """Order → parcel → refund → trade → stock, ids ascending: no two acts lock crosswise."""
    return sorted(rows, key=lambda row: (getattr(row, "lock_rank", 99), row._meta.label, row.pk))


def lock_rows(scope: Scope, rows: Sequence[models.Model]) -> list[models.Model]:
    """Those that are not locked yet are locked and read, by one statement for each table."""
    ordered = _in_lock_order(rows)
    new = [row for row in ordered if key_of(row) not in scope.rows]
    for _, group in groupby(new, key=type):
        part = list(group)
        model, keys = part[0].__class__, {row.pk for row in part}
        rows_of = model._default_manager.filter(pk__in=keys)
        found = _find(scope, rows_of if len(keys) == 1 else _in_order(rows_of))
        if len(found) < len(keys):
            raise model.DoesNotExist(f"{model._meta.label} {sorted(keys)}")  # type: ignore[attr-defined]
    return _with_above([scope.rows[key_of(row)] for row in ordered])


def _in_order(rows: models.QuerySet[M]) -> models.QuerySet[M]:
    first = getattr(rows.model, "lock_first", "")
    return rows.order_by(f"{first}_id", "pk") if first else rows.order_by("pk")


def _find(scope: Scope, rows: models.QuerySet[M]) -> list[M]:
    first, along = getattr(rows.model, "lock_first", ""), getattr(rows.model, "read_with", ())
    rows = rows.select_related(*along) if along else rows
    of = (first, "self") if first else ("self",)
    return [_known(scope, row) for row in rows.select_for_update(no_key=True, of=of)]


def _known(scope: Scope, row: M) -> M:
    """The one instance of a row in this transaction."""
    if key_of(row) not in scope.rows:
        scope.rows[key_of(row)] = row
        scope.loaded[id(row)] = values_of(row)
        if hasattr(row, "lock_first"):
            setattr(row, row.lock_first, _known(scope, getattr(row, row.lock_first)))
    return scope.rows[key_of(row)]  # type: ignore[return-value]


def _with_above(rows: Sequence[models.Model]) -> list[models.Model]:
    """With those that were locked before them."""
    above = [getattr(row, row.lock_first) for row in rows if hasattr(row, "lock_first")]
    return list({key_of(row): row for row in [*rows, *above]}.values())


def lock(row: M) -> M:
    """Lock a further row inside the running act; what changes on it is saved with the act."""
    return lock_all([row])[0]


def lock_all(rows: Sequence[M]) -> list[M]:
    """The same for many, by one statement for each table."""
    scope = open_scope()
    _join(lock_rows(scope, rows))
    return [scope.rows[key_of(row)] for row in rows]  # type: ignore[misc]


def lock_found(rows: models.QuerySet[M]) -> list[M]:
    """The same for what a query finds: it is asked once."""
    found = _find(open_scope(), _in_order(rows))
    _join(_with_above(found))
    return found


def lock_one(rows: models.QuerySet[M]) -> M | None:
    """The same for a query that finds one row at most."""
    found = _find(open_scope(), rows.order_by())
    _join(_with_above(found))
    return found[0] if found else None


def _join(rows: Sequence[models.Model]) -> None:
    log = current_log.get()
    if log is not None:
        known = {id(row) for row in log.rows}
        log.rows = [*log.rows, *(row for row in rows if id(row) not in known)]


def values_of(row: models.Model) -> dict[str, Any]:
    return {f.attname: row.__dict__.get(f.attname) for f in row._meta.concrete_fields}
