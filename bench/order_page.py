"""The order page: its time, and its queries whatever the order's history."""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from bench.keys import sample
from bench.measure import Times, Visitor, ratio, table, tell
from core.acts import Actor
from orders.factories import OrderFactory
from orders.models import Order
from orders.services.hold import hold_order, lift_hold
from orders.services.note import follow_up, note
from orders.words import HoldKind

ACTS, NOTES, HOLDS = 500, 50, 20
TARGET = 12


def run(orders: int, database: str, tenth: dict[str, Any] | None, queries: int) -> None:
    """Measure, print the table, and as the last line the figures."""
    visitor = Visitor()
    plain = [order.order_no for order in sample(Random(7), queries)]
    busy = _busy(visitor)
    few, many, bare = Times(), Times(), Times()
    for number in plain:
        for times, address in (
            (few, f"/orders/{number}"),
            (many, f"/orders/{busy}"),
            (bare, f"/bare/order_no?key={number}"),
        ):
            times.seconds.append(_open(visitor, address))
    asked = [_queries(visitor, number) for number in (plain[0], busy)]
    life = f"one of {ACTS} acts, {NOTES} notes, {HOLDS} holds"
    rows = [
        ("an order of a few acts", few.p50, few.p95, asked[0]),
        (life, many.p50, many.p95, asked[1]),
        ("bare view", bare.p50, bare.p95, ""),
    ]
    table(("page", "p50 ms", "p95 ms", "queries"), rows)
    p95 = max(few.p95, many.p95)
    tell(
        bench="order_page",
        orders=orders,
        database=database,
        p50_ms=few.p50,
        p95_ms=p95,
        floor_p95_ms=bare.p95,
        ratio=ratio(p95, bare.p95),
        queries=max(asked),
        queries_target=TARGET,
    )


def _open(visitor: Visitor, address: str) -> float:
    seconds, status, _ = visitor.get(address)
    if status != 200:
        raise SystemExit(f"{address} answered {status}")
    return seconds


def _queries(visitor: Visitor, number: str) -> int:
    """All of them: session and user, too."""
    with CaptureQueriesContext(connection) as captured:
        _open(visitor, f"/orders/{number}")
    return sum(not query["sql"].startswith(("BEGIN", "COMMIT")) for query in captured)


def _busy(visitor: Visitor) -> str:
    """One more order, with a long life by the acts that people do."""
    by, now = Actor.person(visitor.user), timezone.now()
    number = f"G991231{Order.objects.filter(order_no__gte='G991231').count() + 1:04d}"
    order = OrderFactory.create(order_no=number, platform_no=number)
    for count in range(NOTES):
        note(order, f"第 {count} 次沟通", by=by, now=now)
    for _ in range(HOLDS):
        hold_order(order, HoldKind.GOODS, "等货", by=by, now=now)
        hold = order.holds.get(kind=HoldKind.GOODS, state="open")
        lift_hold(order, hold, "到货", by=by, role="owner", now=now)
    for count in range(ACTS - NOTES - 2 * HOLDS):
        follow_up(order, (now + timedelta(days=count % 9)).date(), by=by, now=now)
    return number
