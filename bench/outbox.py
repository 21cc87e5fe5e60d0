"""Messages delivered by a real worker, beside UPDATE … RETURNING of rows of the same table."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from bench.handlers import TOPIC
from bench.measure import ratio, table, tell
from core.bulk import next_ids, write
from core.messages import hint
from core.models import MessageState, OutboxMessage

MEASURED = 5000  # messages of those that wait; half of them where fewer than twice as many do
CHUNK = 50_000
PATIENCE = 600  # seconds
WORKER = ["-m", "celery", "--quiet", "-A", "config", "worker", "--concurrency", "1"]
WORKER += ["--without-gossip", "--without-mingle"]

# The least that a queue in this database does for one message: take the next, mark it, commit.
FLOOR = """
    UPDATE core_outboxmessage SET state = 'done', tries = 1, done_at = %s WHERE id = (
        SELECT id FROM core_outboxmessage
        WHERE state IN ('pending', 'claimed') AND not_before <= %s
        ORDER BY not_before DESC, id DESC LIMIT 1{lock}
    ) RETURNING id, topic, payload
"""


def run(orders: int, database: str, tenth: dict[str, Any] | None, queries: int) -> None:
    """Let `orders` messages wait, deliver some of them by the floor and by a worker; print both."""
    now, measured = timezone.now(), min(MEASURED, orders // 2)
    _wait(orders, now)
    floor = _floor(measured, now)
    seconds = _worker(measured)
    rate, floor_rate = round(measured / seconds), round(measured / floor)
    flat = ratio(tenth["rate"], rate) if tenth else None
    table(
        ("way", "seconds", "messages/s"),
        [
            (f"worker, {measured:,} of {orders:,}", round(seconds, 2), rate),
            ("UPDATE … RETURNING, one by one", round(floor, 2), floor_rate),
        ],
    )
    tell(
        bench="outbox",
        orders=orders,
        database=database,
        rate=rate,
        floor_rate=floor_rate,
        ratio=ratio(seconds, floor),
        **({"flat": flat} if flat else {}),
    )


def _wait(orders: int, now: datetime) -> None:
    """Messages that have been due for a while, one after another."""
    names = ["id", "topic", "key", "not_before", "created_at", "payload"]
    for start in range(0, orders, CHUNK):
        count = min(CHUNK, orders - start)
        at = [now - timedelta(milliseconds=orders - start - n) for n in range(count)]
        ids = next_ids(OutboxMessage, count)
        rows = [
            [pk, TOPIC, f"bench:{pk}", due, due, {"order": pk}]
            for pk, due in zip(ids, at, strict=True)
        ]
        write(OutboxMessage, names, rows)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE core_outboxmessage")


def _floor(count: int, now: datetime) -> float:
    """Seconds for `count` rows from the other end, each committed by itself."""
    locks = connection.features.has_select_for_update_skip_locked
    sql = FLOOR.format(lock=" FOR UPDATE SKIP LOCKED" if locks else "")
    began = time.perf_counter()
    with connection.cursor() as cursor:
        for _ in range(count):
            cursor.execute(sql, [timezone.now(), now])
            if not cursor.fetchall():
                raise SystemExit("the floor found no row to update")
    return time.perf_counter() - began


def _worker(count: int) -> float:
    """Seconds from the first message that a worker's process delivers to the last of `count`."""
    since = timezone.now()
    hint()
    with _running():
        end = time.monotonic() + PATIENCE
        while _delivered(since).count() < count:
            if time.monotonic() > end:
                raise SystemExit(f"the worker delivered {_delivered(since).count()} of {count}")
            time.sleep(0.2)
    times = list(_delivered(since).order_by("done_at").values_list("done_at", flat=True)[:count])
    return float((times[-1] - times[0]).total_seconds())


def _delivered(since: datetime) -> Any:
    return OutboxMessage.objects.filter(state=MessageState.DONE, done_at__gte=since)


@contextmanager
def _running() -> Iterator[None]:
    worker = subprocess.Popen([sys.executable, *WORKER])
    try:
        yield
    finally:
        worker.terminate()
        worker.wait()
