"""Counts that never cost more than their cap, several in one round trip (architecture §10)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

CAP = 100


def capped_counts(lists: Sequence[Sequence[QuerySet[Any]]], cap: int = CAP) -> list[int]:
    """How many rows each list has, at most `cap`; a list is one index range or several."""
    parts, values = [], list[Any]()
    for ranges in lists:
        pieces = ["0"]
        for rows in ranges:
            sql, params = _first(rows, cap)
            pieces.append(sql)
            values += params
        parts.append(" + ".join(pieces))
    if not parts:
        return []
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(parts)}", values)
        return [min(int(count), cap) for count in cursor.fetchone()]


def _first(rows: QuerySet[Any], cap: int) -> tuple[str, list[Any]]:
    compiler = rows.order_by().values("pk")[:cap].query.get_compiler(connection=connection)
    try:
        sql, params = compiler.as_sql()
    except EmptyResultSet:
        return "0", []
    return f"(SELECT count(*) FROM ({sql}) AS counted)", list(params)  # noqa: S608


def said(count: int, cap: int = CAP) -> str:
    """12, or 99+."""
    return f"{cap - 1}+" if count >= cap else str(count)
