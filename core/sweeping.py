"""A sweep: what is due, in batches, each a transaction of its own (architecture §5)."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar
from zlib import crc32

from django.db import connection, models

M = TypeVar("M", bound=models.Model)

# Rows in one transaction; on SQLite nobody else writes meanwhile, a person who signs in neither.
BATCH = 100 if connection.vendor == "sqlite" else 500
PAUSE = 0.2  # seconds between two batches on SQLite, or the web starves
SLICE_SECONDS = 20.0  # a stop waits for one batch at most; the next beat goes on


def sweep(batch: Callable[[], int], *, until: float | None = None) -> int:
    """Call `batch` until it finds nothing, or until the slice is over; says how many rows."""
    end = until or time.monotonic() + SLICE_SECONDS
    count = 0
    while done := batch():
        count += done
        if time.monotonic() > end:
            break
        if connection.vendor == "sqlite":
            time.sleep(PAUSE)
    return count


def alone(name: str) -> bool:
    """Is this transaction the only one that sweeps under `name`? It is until its end.

    On SQLite a transaction is alone anyway.
    """
    if connection.vendor != "postgresql":
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [crc32(name.encode())])
        return bool(cursor.fetchone()[0])


def locked(rows: models.QuerySet[M]) -> models.QuerySet[M]:
    """The rows that nobody else works on now, locked; the others come with the next sweep."""
    if not connection.features.has_select_for_update_skip_locked:
        return rows
    return rows.select_for_update(skip_locked=True, no_key=True, of=("self",))
