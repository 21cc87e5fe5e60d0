"""Refunds: windows that open by the timer, the supervisors' queue, money out to the sandbox."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import httpx
from django.conf import settings
from django.db import connection, transaction
from django.test import override_settings
from django.utils import timezone

from bench.measure import ratio, table, tell
from bench.reading_on import read_on
from bench.refunding import PRICE, House, fill, settle
from core import messages
from core.acts import TIMER
from core.models import Act
from core.past import among
from core.sweeping import BATCH
from orders.services.account import save_account
from refunds.models import Refund
from refunds.services.timers import open_windows, send_approved
from refunds.words import RefundState

R = RefundState
MEASURED = 20_000  # windows of those that are due; half of them where fewer than twice as many are
SENT = 300  # refunds paid back
SANDBOX = [sys.executable, "-m", "connectors.sandbox", "--port"]
PATIENCE = 60  # seconds for the sandbox to answer

# The least that a sweep in this database does: a batch of what is due, its state moved, and of
# each row its history and its line in the timeline, set by set, committed.
MOVE = """
    UPDATE refunds_refund SET state = 'review', version = version + 1 WHERE id IN (
        SELECT id FROM refunds_refund WHERE state = 'waiting' AND opens_at <= %s
        ORDER BY opens_at DESC, id DESC LIMIT %s{lock}
    ) RETURNING id
"""
KEEP = """
    INSERT INTO refunds_historicalrefund ({columns}, history_date, history_type)
    SELECT {columns}, %s, '~' FROM refunds_refund WHERE {which}
"""
LINE = """
    INSERT INTO core_act ({columns})
    SELECT {uuid}, 'open_window', 'order', o.id, o.order_no, 'timer', 'timer', %s, '1.5', '', '',
           'done', '退款开窗', '[]'
    FROM refunds_refund r JOIN orders_order o ON o.id = r.order_id WHERE {which}
"""
ACT = (
    *("id", "verb", "subject_kind", "subject_id", "order_no", "actor_kind", "actor_name", "at"),
    *("clause", "reason", "channel", "outcome", "summary", "changes"),
)


def run(orders: int, database: str, tenth: dict[str, Any] | None, queries: int) -> None:
    """Let `orders` windows be due and half as many refunds wait in the queue; measure all three."""
    messages.hint = lambda: None  # nobody delivers here but us
    now, house = timezone.now(), House.of("bench", timezone.now())
    fill(house, {R.WAITING: orders, R.REVIEW: orders // 2, R.APPROVED: SENT}, now)
    open_windows(now, 500)  # a timeline and a history that are not empty
    settle()
    ours, bare = read_on("/refunds", "/bare/refunds", b"-R1</a>", queries, "supervisor")
    paid = _pay(house, now)
    measured = min(MEASURED, orders // 2)
    floor, seconds = _floor(measured, now), _sweep(measured, now)
    rate, floor_rate = round(measured / seconds), round(measured / floor)
    queue = {"p95_ms": ours.p95, "floor_p95_ms": bare.p95, "ratio": ratio(ours.p95, bare.p95)}
    table(
        ("what", "ours", "floor", "ratio"),
        [
            (f"windows/s, {measured:,} of {orders:,}", rate, floor_rate, ratio(seconds, floor)),
            (f"queue p95 ms, {orders // 2:,} open", *queue.values()),
            ("paid back/s", paid, "", ""),
        ],
    )
    tell(
        bench="refunds",
        orders=orders,
        database=database,
        rate=rate,
        floor_rate=floor_rate,
        ratio=ratio(seconds, floor),
        **({"flat": ratio(tenth["rate"], rate)} if tenth else {}),
        queue=queue,
        paid_rate=paid,
    )


# -- the timer -----------------------------------------------------------------------------------


def _floor(count: int, now: datetime) -> float:
    """Seconds for `count` rows from the other end, in the sweep's batches."""
    postgres = connection.vendor == "postgresql"
    move = MOVE.format(lock=" FOR UPDATE SKIP LOCKED" if postgres else "")
    uuid = "gen_random_uuid()" if postgres else "lower(hex(randomblob(16)))"
    began, done = time.perf_counter(), 0
    with connection.cursor() as cursor:
        while done < count:
            with transaction.atomic():
                cursor.execute(move, [now, BATCH])
                ids = [key for (key,) in cursor.fetchall()]
                for sql, column in ((KEEP, "id"), (LINE, "r.id")):
                    which, keys = among(column, ids)
                    columns = ", ".join(ACT if sql is LINE else _KEPT)
                    cursor.execute(
                        sql.format(columns=columns, uuid=uuid, which=which), [now, *keys]
                    )
                done += len(ids)
    return time.perf_counter() - began


_KEPT = [field.column for field in Refund.history.model.tracked_fields]


def _sweep(count: int, now: datetime) -> float:
    open_windows(now, 50)  # untimed: plans, imports
    began, done = time.perf_counter(), 0
    while done < count and (batch := open_windows(now)):
        done += batch
    seconds = (time.perf_counter() - began) * count / done
    lines = Act.objects.filter(verb="open_window", part_of__isnull=False).count()
    history = Refund.history.filter(history_type="~", history_change_reason__isnull=False).count()
    if min(lines, history) < done:
        raise SystemExit(f"the sweep left something out: {lines} lines, {history} of history")
    return seconds


# -- money out -----------------------------------------------------------------------------------


def _pay(house: House, now: datetime) -> float:
    """Refunds per second that one worker pays back at a sandbox in a process of its own."""
    approved = Refund.objects.filter(state=R.APPROVED.value).select_related("trade")
    numbers = [refund.trade.number for refund in approved]
    with _sandbox() as address:
        from connectors.sandbox import alipay

        save_account(house.shop, "alipay", alipay.credentials(), by=TIMER, now=now)
        with httpx.Client(base_url=f"{address}/alipay") as buyer:
            for number in numbers:
                paid = {"trade_no": number, "amount": str(PRICE)}
                buyer.post("/_pay", data=paid).raise_for_status()
        urls = settings.CONNECTOR_URLS | {"alipay": f"{address}/alipay"}
        with override_settings(CONNECTOR_URLS=urls):
            send_approved(timezone.now())
            began = time.perf_counter()
            while messages.deliver_due():
                pass
            seconds = time.perf_counter() - began
    done = Refund.objects.filter(state=R.SUCCEEDED.value).count()
    if done != len(numbers):
        raise SystemExit(f"{done} of {len(numbers)} refunds were paid back")
    return round(done / seconds, 1)


@contextmanager
def _sandbox() -> Iterator[str]:
    """The imitated outside world, with keys that this process knows, too."""
    with tempfile.TemporaryDirectory() as keys, socket.socket() as probe:
        os.environ["SANDBOX_KEYS"] = keys
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        process = subprocess.Popen([*SANDBOX, str(port)])
        try:
            _wait_for(port)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait()


def _wait_for(port: int) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise SystemExit("the sandbox does not answer")
