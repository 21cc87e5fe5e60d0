"""Cases: the team's list, the timer of their waits, and one return from contact to refund."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from aftersales.models import Case
from aftersales.policy import Found
from aftersales.services import timers
from aftersales.services.arrivals import count_goods, finish_arrival
from aftersales.services.goods_back import GoodsBack
from aftersales.services.inspection import inspect_goods
from aftersales.services.parcels import note_waybill
from aftersales.services.returns import MoneyBack, open_return, refund_case
from aftersales.services.versions import version_at
from aftersales.words import CaseKind, CaseState, WaitsFor
from bench.lifecycle import house, paid
from bench.measure import ratio, table, tell
from bench.reading_on import read_on
from core import messages
from core.acts import TIMER, Actor, act_on
from core.bulk import next_ids, write
from orders.models import Order
from staff.models import User

MEASURED = 10_000  # waits that are over, of those that are; half of them where there are fewer
RETURNS = 60
CHUNK = 20_000
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
_CASE = (
    *("id", "number", "shop_id", "order_id", "kind", "state", "waits_for", "waits_since", "due_at"),
    *("nudge_at", "opened_name", "opened_at", "reason", "reason_label"),
)


def run(orders: int, database: str, tenth: dict[str, Any] | None, queries: int) -> None:
    """A case on every fifth order, half of them waited for too long; measure all three."""
    messages.hint = lambda: None  # nobody delivers here
    now = timezone.now()
    count = _fill(orders // 5, now)
    ours, bare = read_on("/cases?who=team", "/bare/cases", b'href="/cases/B', queries, "supervisor")
    rate = _sweep(min(MEASURED, count // 4), now)
    cpu, asked = _returns(now)
    queue = {"p95_ms": ours.p95, "floor_p95_ms": bare.p95, "ratio": ratio(ours.p95, bare.p95)}
    table(
        ("what", "ours", "floor", "ratio"),
        [
            (f"list p95 ms, {count:,} open of {orders:,} orders", *queue.values()),
            ("waits that are over/s", rate, "", ""),
            (f"a return: {asked} queries, CPU ms", cpu, "", ""),
        ],
    )
    tell(
        bench="cases",
        orders=orders,
        database=database,
        cases=count,
        **queue,
        rate=rate,
        **({"flat": ratio(tenth["rate"], rate)} if tenth else {}),
        **({"flat_list": ratio(ours.p95, tenth["p95_ms"])} if tenth else {}),
        cpu_ms=cpu,
        queries=asked,
    )


def _fill(count: int, now: datetime) -> int:
    """So many open cases, each of another order; the first half has waited for too long."""
    there = Case.objects.filter(state__in=["open", "customer"]).count()
    known = Case.objects.values("order")
    rows = Order.objects.exclude(pk__in=known).values_list("pk", "order_no", "shop_id")
    found = list(rows.order_by("id")[: max(0, count - there)])
    for start in range(0, len(found), CHUNK):
        part = found[start : start + CHUNK]
        at = [now - DAY + 2 * DAY * ((start + n) / len(found)) for n in range(len(part))]
        ids = next_ids(Case, len(part))
        with act_on("seed", list[Order](), by=TIMER, now=now):
            write(Case, _CASE, [_row(*each, now) for each in zip(ids, part, at, strict=True)])
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE aftersales_case")
    return there + len(found)


def _row(key: int, order: tuple[int, str, int], due: datetime, now: datetime) -> list[Any]:
    pk, number, shop = order
    return [
        *(key, f"B{number}-C1", shop, pk, CaseKind.RETURN.value, CaseState.WAITING_CUSTOMER.value),
        *(WaitsFor.SENDING.value, now - 3 * DAY, due, due, "王芳", now - 3 * DAY),
        *("size", "尺码不合适"),
    ]


def _sweep(count: int, now: datetime) -> int:
    """Cases per second whose wait is over."""
    timers.nudge(now, 50)  # untimed: plans, imports
    began, done = time.perf_counter(), 0
    while done < count and (batch := timers.nudge(now)):
        done += batch
    return round(done / (time.perf_counter() - began))


def _returns(now: datetime) -> tuple[float, int]:
    """CPU of this process (ms) and queries of one return, by acts, from contact to refund."""
    person, shop = house()
    orders = [paid(shop) for _ in range(RETURNS + 1)]
    with act_on("seed", list[Order](), by=TIMER, now=now):
        Order.objects.filter(pk__in=[o.pk for o in orders]).update(
            state="received", shipped_at=now - 3 * DAY, received_at=now - DAY
        )
    version_at(now)
    with CaptureQueriesContext(connection) as asked:
        _return(orders[0], person, now)
    began = time.process_time()
    for order in orders[1:]:
        _return(order, person, now)
    return round(1000 * (time.process_time() - began) / RETURNS, 1), len(asked)


def _return(order: Order, person: User, now: datetime) -> None:
    order.refresh_from_db()
    by, line = Actor.person(person), order.lines.select_related("sku").get()
    back = GoodsBack({line.pk: 1}, "size", received_on=timezone.localdate(now - DAY))
    open_return(order, back, by=by, now=now)
    note_waybill(_case(order), "YTO", f"YT{order.pk:013d}", by=by, now=now)
    if line.sku is None:
        raise SystemExit(f"{order} has no goods")
    count_goods(_case(order), line.sku.code, 1, by=by, now=now)
    finish_arrival(_case(order), by=by, now=now)
    found = {row.pk: Found(good=row.got) for row in _case(order).lines.all()}
    inspect_goods(_case(order), found, {}, by=by, now=now)
    refund_case(_case(order), MoneyBack(), by=by, now=now)


def _case(order: Order) -> Case:
    return Case.objects.select_related("order__shop", "version_of", "shop").get(order=order)
