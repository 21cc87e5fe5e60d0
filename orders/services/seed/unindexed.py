"""Fill large tables as PostgreSQL's manual advises: indexes and foreign keys come afterwards.

One transaction holds all of it, so a failure leaves the database as it was. Every constraint is
there again at the end, checked over all rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction

_INDEXES = """
SELECT format('DROP INDEX %I', c.relname), pg_get_indexdef(i.indexrelid)
FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
WHERE c.relnamespace = current_schema()::regnamespace
  AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = i.indexrelid)
"""
_FOREIGN_KEYS = """
SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname),
       format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname,
              pg_get_constraintdef(oid))
FROM pg_constraint
WHERE contype = 'f' AND connamespace = current_schema()::regnamespace
"""


@contextmanager
def unindexed() -> Iterator[None]:
    """Without indexes and foreign keys inside; for a database that nobody else uses meanwhile.

    Does nothing but open a transaction where the database is not PostgreSQL.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor != "postgresql":
            yield
            return
        found = _read(cursor, _FOREIGN_KEYS) + _read(cursor, _INDEXES)
        cursor.execute("SET LOCAL maintenance_work_mem = '512MB'")
        for drop, _ in found:
            cursor.execute(drop)
        yield
        for _, make in reversed(found):
            cursor.execute(make)


def _read(cursor: Any, query: str) -> list[tuple[str, str]]:
    cursor.execute(query)
    found: list[tuple[str, str]] = cursor.fetchall()
    return found
