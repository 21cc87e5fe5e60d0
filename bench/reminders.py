"""Reminders by the sweep in a process of its own, beside UPDATE … RETURNING of the same rows."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from contextlib import nullcontext
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from bench.measure import ratio, table, tell
from core.acts import TIMER, act_on
from core.bulk import next_ids, write
from core.models import Act, OutboxMessage
from core.sweeping import BATCH
from orders.models import Buyer, CustomerMessage, Order, Shop
from orders.services.seed.unindexed import unindexed
from orders.words import Channel, OrderState

# Orders of those that wait; half of them where fewer than twice as many do. Many: the first time
# that a page is written after a checkpoint it goes into PostgreSQL's log whole, which the first
# 10,000 of a million pay for all that follow.
MEASURED = 50_000
# Reminded before: of a timeline that is empty PostgreSQL keeps a plan that reads all of it for each
# line's foreign key, and no house that has orders has an empty timeline.
BEFORE = 2_000
CHUNK = 20_000
MANY = 50_000  # from here on it is cheaper to make the indexes afterwards
SPREAD = timedelta(minutes=20)
_BUYER = ("id", "name", "at")
_ORDER = (
    *("id", "order_no", "platform_no", "shop_id", "state", "buyer_id", "buyer_account", "mobile"),
    *("goods_total", "due", "ordered_at", "created_at", "remind_at", "close_at"),
)

# The least that a sweep in this database does: a batch of what is due, its timer moved, committed.
FLOOR = """
    UPDATE orders_order SET remind_step = 1, remind_at = %s WHERE id IN (
        SELECT id FROM orders_order WHERE remind_at <= %s
        ORDER BY remind_at DESC, id DESC LIMIT %s{lock}
    ) RETURNING id, order_no, buyer_id, due
"""


def run(orders: int, database: str, tenth: dict[str, Any] | None, queries: int) -> None:
    """Let `orders` unpaid orders be due, remind of some of them; print sweep and floor."""
    noon = timezone.localtime().replace(hour=12, minute=0, second=0, microsecond=0)
    before = min(BEFORE, orders // 5)
    measured = min(MEASURED, (orders - before) // 2)
    _wait(orders, noon)
    _sweep(before, noon)
    _settle()
    floor = _floor(measured, noon)
    seconds = _sweep(measured, noon)
    _check(measured)
    rate, floor_rate = round(measured / seconds), round(measured / floor)
    flat = ratio(tenth["rate"], rate) if tenth else None
    table(
        ("way", "seconds", "orders/s"),
        [
            (f"sweep, {measured:,} of {orders:,}", round(seconds, 2), rate),
            (f"UPDATE … RETURNING, {BATCH} at once", round(floor, 2), floor_rate),
        ],
    )
    tell(
        bench="reminders",
        orders=orders,
        database=database,
        rate=rate,
        floor_rate=floor_rate,
        ratio=ratio(seconds, floor),
        **({"flat": flat} if flat else {}),
    )


def _wait(orders: int, noon: datetime) -> None:
    """Unpaid orders whose first reminder has been due for a while, each of another buyer."""
    with act_on("seed", list[Shop](), by=TIMER, now=noon):
        shop = Shop(code="bench", name="棉麻生活馆", channel=Channel.TAOBAO.value)
        shop.save()
    with unindexed() if orders >= MANY else nullcontext():
        for start in range(0, orders, CHUNK):
            _write(min(CHUNK, orders - start), start, orders, shop, noon)
    _settle()


def _settle() -> None:
    """What autovacuum does within a minute."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")


def _write(count: int, start: int, orders: int, shop: Shop, noon: datetime) -> None:
    with act_on("seed", list[Order](), by=TIMER, now=noon):
        buyers, ids = next_ids(Buyer, count), next_ids(Order, count)
        write(Buyer, _BUYER, [[key, f"tb_{key}", noon] for key in buyers])
        rows = []
        for place, (key, buyer) in enumerate(zip(ids, buyers, strict=True), start=start):
            at = noon - timedelta(minutes=51) + SPREAD * (place / orders)
            rows.append(
                [
                    *(key, f"G260101{key:08d}", f"35{key:016d}", shop.pk, OrderState.UNPAID.value),
                    *(buyer, f"tb_{buyer}", f"138{key % 10**8:08d}"),
                    *(Decimal("159.00"), Decimal("159.00"), at, at),
                    *(at + timedelta(minutes=30), at + timedelta(hours=72)),
                ]
            )
        write(Order, _ORDER, rows)


def _floor(count: int, noon: datetime) -> float:
    """Seconds for `count` rows from the other end, in the sweep's batches."""
    locks = connection.features.has_select_for_update_skip_locked
    sql = FLOOR.format(lock=" FOR UPDATE SKIP LOCKED" if locks else "")
    began, done = time.perf_counter(), 0
    with connection.cursor() as cursor:
        while done < count:
            with transaction.atomic():
                cursor.execute(sql, [noon + timedelta(hours=5), noon, BATCH])
                done += len(cursor.fetchall())
    return time.perf_counter() - began


def _sweep(count: int, noon: datetime) -> float:
    """Seconds that the sweep needs in a process of its own, once it is warm."""
    told = subprocess.run(
        [sys.executable, "-m", "bench.sweeper", str(count), noon.isoformat()],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    ).stdout
    return float(json.loads(told.splitlines()[-1])["seconds"])


def _check(count: int) -> None:
    """Each order has its message, its outbox row, its line in the timeline and its history."""
    rows = {
        "messages": CustomerMessage.objects.count(),
        "outbox": OutboxMessage.objects.count(),
        "timelines": Act.objects.filter(verb="remind").exclude(order_no="").count(),
        "history": Order.history.filter(history_type="~").count(),
    }
    if any(number < count for number in rows.values()):
        raise SystemExit(f"the sweep left something out: {rows}")
