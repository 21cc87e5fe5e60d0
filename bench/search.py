"""Search: each kind of key through the whole stack, beside a bare view and raw SQL."""

from __future__ import annotations

import time
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.db import connection

from bench.bare import query
from bench.keys import Query, draw
from bench.measure import Times, Visitor, ratio, table, tell

WARM = 10  # untimed: templates, plans, imports
HEAD = (
    "kind",
    "queries",
    "p50 ms",
    "p95 ms",
    "bare p50",
    "bare p95",
    "SQL p50",
    "SQL p95",
    "ratio",
)


def run(orders: int, database: str, tenth: dict[str, Any] | None, queries: int) -> None:
    """Measure, print the table, and as the last line the figures of the slowest kind."""
    visitor = Visitor()
    drawn = {kind: found for kind, found in draw(queries).items() if found}
    kinds = {kind: _measure(visitor, kind, found) for kind, found in drawn.items()}
    if tenth:
        for kind, figures in kinds.items():
            before = tenth["kinds"].get(kind, figures)  # a small lot has not every kind
            figures["flat"] = ratio(figures["p95_ms"], before["p95_ms"])
            figures["floor_flat"] = ratio(figures["floor_p95_ms"], before["floor_p95_ms"])
    flat = ["flat", "bare flat"] if tenth else []
    table((*HEAD, *flat), ([k, *f.values()] for k, f in kinds.items()))
    worst = max(kinds.values(), key=lambda figures: figures["ratio"])
    tell(
        bench="search",
        orders=orders,
        database=database,
        p95_ms=worst["p95_ms"],
        floor_p95_ms=worst["floor_p95_ms"],
        sql_p95_ms=worst["sql_p95_ms"],
        ratio=worst["ratio"],
        **({"flat": max(f["flat"] for f in kinds.values())} if tenth else {}),
        kinds=kinds,
    )


def _measure(visitor: Visitor, kind: str, queries: list[Query]) -> dict[str, Any]:
    """Ours, the bare view and the SQL in turns, so that a busy moment hits all three."""
    ours, bare, sql = Times(), Times(), Times()
    warm = queries[:WARM]
    for turn, found in enumerate([*warm, *queries]):
        page = f"{visitor.address(found.typed)}&list=1"
        floor = f"/bare/{kind}?{urlencode([('key', key) for key in found.keys])}"
        three = [
            (ours, partial(_page, visitor, page)),
            (bare, partial(_page, visitor, floor)),
            (sql, partial(_raw, kind, found)),
        ]
        first = turn % 3  # whoever comes first finds the rows cold
        for times, measure in three[first:] + three[:first]:
            seconds = measure()
            if turn >= len(warm):
                times.seconds.append(seconds)
    return {
        "queries": len(queries),
        "p50_ms": ours.p50,
        "p95_ms": ours.p95,
        "floor_p50_ms": bare.p50,
        "floor_p95_ms": bare.p95,
        "sql_p50_ms": sql.p50,
        "sql_p95_ms": sql.p95,
        "ratio": ratio(ours.p95, bare.p95),
    }


def _page(visitor: Visitor, address: str) -> float:
    seconds, status, body = visitor.get(address)
    if status != 200 or b"<table" not in body:
        raise SystemExit(f"{address} answered {status} without a list")
    return seconds


def _raw(kind: str, found: Query) -> float:
    """The same rows by the driver alone."""
    statement, values = query(kind, list(found.keys)).query.sql_with_params()
    connection.ensure_connection()
    if connection.vendor == "postgresql":
        cursor = connection.connection.cursor()
    else:
        cursor, statement = connection.connection.cursor(), statement.replace("%s", "?")
        values = tuple(str(value) for value in values)
    began = time.perf_counter()
    cursor.execute(statement, values)
    cursor.fetchall()
    return time.perf_counter() - began
