"""The import of a Taobao export in the worker, beside COPY of the same rows."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import connection, transaction
from django.utils import timezone

from bench.files import columns, taobao_export
from bench.measure import Visitor, ratio, table, tell
from core.acts import Actor
from core.models import Job
from orders.models import Order, Shop
from orders.services.importing.upload import import_upload
from orders.services.shop import save_shop
from orders.words import Channel


def run(orders: int, database: str, tenth: dict[str, Any] | None, queries: int) -> None:
    """Import the file in a worker process, then COPY what came of it; print both."""
    user = Visitor().user
    now = timezone.now()
    shop = save_shop(
        Shop(code="tb1", name="棉麻生活馆", channel=Channel.TAOBAO.value),
        by=Actor.person(user),
        now=now,
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ExportOrderList.csv"
        size = taobao_export(path, orders, now)
        with path.open("rb") as file:
            job = import_upload(
                shop, UploadedFile(file, path.name, size=size), None, by=user, now=now
            )
    worked = _work()
    job.refresh_from_db()
    _check(job, orders)
    seconds, floor = worked["seconds"], _copy()
    rate, floor_rate = round(orders / seconds), round(orders / floor)
    table(
        ("way", "seconds", "orders/s", "peak MB"),
        [
            (f"import of {size / 1e6:.1f} MB", round(seconds, 1), rate, worked["peak_mb"]),
            ("COPY of the same rows", round(floor, 2), floor_rate, ""),
        ],
    )
    tell(
        bench="import",
        orders=orders,
        database=database,
        rate=rate,
        floor_rate=floor_rate,
        ratio=ratio(seconds, floor),
        peak_mb=worked["peak_mb"],
        rejected=job.result["rejected"],
    )


def _work() -> dict[str, Any]:
    """The worker's process: only its own memory counts."""
    told = subprocess.run(
        [sys.executable, "-m", "bench.worker"], check=True, stdout=subprocess.PIPE, text=True
    ).stdout
    figures: dict[str, Any] = json.loads(told.splitlines()[-1])
    return figures


def _check(job: Job, orders: int) -> None:
    made = Order.objects.count()
    if job.state != "done" or made != orders:
        raise SystemExit(
            f"the import made {made} of {orders}: {job.state} {job.error} {job.result}"
        )


def _copy() -> float:
    """Seconds for the same rows of the orders' table into a bare one, without any check."""
    names = ", ".join(f'"{name}"' for name in columns())
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bench_copy AS SELECT * FROM orders_order WHERE 1 = 0")
        if connection.vendor != "postgresql":
            cursor.execute(f"SELECT {names} FROM orders_order")
            rows = cursor.fetchall()
            marks = ", ".join(["%s"] * len(columns()))
            began = time.perf_counter()
            cursor.executemany(f"INSERT INTO bench_copy ({names}) VALUES ({marks})", rows)
            return time.perf_counter() - began
        text = io.BytesIO()
        with cursor.copy(f"COPY orders_order ({names}) TO STDOUT") as out:
            for block in out:
                text.write(block)
        began = time.perf_counter()
        with cursor.copy(f"COPY bench_copy ({names}) FROM STDIN") as into:
            into.write(text.getvalue())
        return time.perf_counter() - began
