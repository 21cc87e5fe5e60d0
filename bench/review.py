"""The review's timer (rules, hits, release) beside UPDATE … RETURNING of the same rows."""

from __future__ import annotations

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
from core.models import Act
from core.sweeping import BATCH
from orders.models import Order, ReviewHit, Shop
from orders.services.release_due import review_due
from orders.services.seed.unindexed import unindexed
from orders.words import Channel, OrderState

MEASURED = 10_000  # of those that are due; half of them where fewer than twice as many are
CHUNK, MANY = 20_000, 50_000
DOUBTFUL = 5  # every so many has a message from its buyer
_ORDER = (
    *("id", "order_no", "platform_no", "shop_id", "state", "consignee", "mobile", "province"),
    *("city", "district", "street", "buyer_message", "goods_total", "due", "paid", "ordered_at"),
    *("created_at", "paid_at", "ship_by", "review_at"),
)
FLOOR = """
    UPDATE orders_order SET released_at = %s, review_at = NULL WHERE id IN (
        SELECT id FROM orders_order WHERE review_at <= %s
        ORDER BY review_at DESC, id DESC LIMIT %s{lock}
    ) RETURNING id, order_no, due, paid
"""


def run(orders: int, database: str, tenth: dict[str, Any] | None, queries: int) -> None:
    """Let `orders` paid orders be due, review some of them; print the timer and the floor."""
    now = timezone.now()
    measured = min(MEASURED, orders // 2)
    _wait(orders, now)
    floor = _floor(measured, now)
    review_due(now, 50)  # warm
    seconds = _sweep(measured, now)
    _check(measured)
    rate, floor_rate = round(measured / seconds), round(measured / floor)
    flat = ratio(tenth["rate"], rate) if tenth else None
    table(
        ("way", "seconds", "orders/s"),
        [
            (f"review of {measured:,} of {orders:,}", round(seconds, 2), rate),
            (f"UPDATE … RETURNING, {BATCH} at once", round(floor, 2), floor_rate),
        ],
    )
    tell(
        bench="review",
        orders=orders,
        database=database,
        rate=rate,
        floor_rate=floor_rate,
        ratio=ratio(seconds, floor),
        **({"flat": flat} if flat else {}),
    )


def _wait(orders: int, now: datetime) -> None:
    """Paid orders that have cooled, each to another receiver; some with a message."""
    with act_on("seed", list[Shop](), by=TIMER, now=now):
        shop = Shop(code="bench", name="棉麻生活馆", channel=Channel.TAOBAO.value)
        shop.save()
    with unindexed() if orders >= MANY else nullcontext():
        for start in range(0, orders, CHUNK):
            _write(min(CHUNK, orders - start), start, shop, now)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")


def _write(count: int, start: int, shop: Shop, now: datetime) -> None:
    at, price = now - timedelta(hours=2), Decimal("159.00")
    rows = [
        [
            *(key, f"G260101{key:08d}", f"35{key:016d}", shop.pk, OrderState.PAID.value),
            *("陈建生", f"138{key % 10**8:08d}", "广东省", "深圳市", "福田区"),
            *(f"农园路{key}号", "周五再发" if place % DOUBTFUL == 0 else ""),
            *(price, price, price, at, at, at, at + timedelta(hours=48)),
            at + timedelta(milliseconds=place),
        ]
        for place, key in enumerate(next_ids(Order, count), start=start)
    ]
    with act_on("seed", list[Order](), by=TIMER, now=now):
        write(Order, _ORDER, rows)


def _floor(count: int, now: datetime) -> float:
    """Seconds for `count` rows from the other end, in the timer's batches."""
    locks = connection.features.has_select_for_update_skip_locked
    sql = FLOOR.format(lock=" FOR UPDATE SKIP LOCKED" if locks else "")
    began, done = time.perf_counter(), 0
    with connection.cursor() as cursor:
        while done < count:
            with transaction.atomic():
                cursor.execute(sql, [now, now, BATCH])
                done += len(cursor.fetchall()) or count
    return time.perf_counter() - began


def _sweep(count: int, now: datetime) -> float:
    began, done = time.perf_counter(), 0
    while done < count and (batch := review_due(now)):
        done += batch
    return (time.perf_counter() - began) * count / done


def _check(count: int) -> None:
    """What was clean is released with its line in the timeline, the rest has its hit."""
    rows = {
        "hits": ReviewHit.objects.filter(code="message", state="open").count() * DOUBTFUL,
        "timelines": Act.objects.filter(verb="release").exclude(order_no="").count() * 5 // 4,
    }
    if any(number < count * 0.9 for number in rows.values()):
        raise SystemExit(f"the review left something out: {rows}")
