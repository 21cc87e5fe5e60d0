"""A real worker dies in the middle of a job; the next one finishes it (failure modes 2, 14, 20)."""

from __future__ import annotations

import csv
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from config.paths import BASE_DIR
from tests.house.conftest import home, own_services, wait_until

__all__ = ["home", "own_services"]  # fixtures
pytestmark = [pytest.mark.processes, pytest.mark.soak]

ORDERS = 4000
MAKE = f"""
from datetime import timedelta
from django.utils import timezone
from orders.factories import OrderFactory
from orders.models import Order
from orders.services.exporting.ask import ask_for_export
from staff.factories import UserFactory
now, shop = timezone.now(), OrderFactory.create(order_no="X0").shop
Order.objects.bulk_create(
    Order(order_no=f"X{{n}}", platform_no=f"P{{n}}", shop=shop, created_at=now,
          ordered_at=now - timedelta(minutes=n))
    for n in range(1, {ORDERS})
)
ask_for_export(UserFactory.create(role="owner"), "", "csv", now=now)
"""
HINT = "from core.work import hint; hint()"


def manage(home: dict[str, str], *args: str) -> None:
    command = [sys.executable, "manage.py", *args]
    subprocess.run(command, cwd=BASE_DIR, env=home, check=True, capture_output=True)


def ask(home: dict[str, str], sql: str) -> list[Any]:
    """Ask the installation's own database, past its processes."""
    if home["DATABASE_URL"]:
        with psycopg.connect(home["DATABASE_URL"]) as connection:
            cursor = connection.execute(sql)
            return cursor.fetchall() if cursor.description else []
    with sqlite3.connect(Path(home["GENDAN_VAR"]) / "gendan.sqlite3", timeout=20) as file:
        return file.execute(sql).fetchall()


Start = Callable[[str], "subprocess.Popen[bytes]"]
HOW = {
    "worker": ["-P", "threads", "-c", "2", "--without-gossip", "--without-mingle"],
    "beat": ["--pidfile="],
}


@pytest.fixture
def process(home: dict[str, str]) -> Iterator[Start]:
    """`process("worker")`: start a real worker, or beat, as the Procfile does."""
    begun: list[subprocess.Popen[bytes]] = []

    def begin(which: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "celery", "--quiet", "-A", "config", which, *HOW[which]]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        begun.append(subprocess.Popen(command, cwd=BASE_DIR, env=home, **quiet))  # type: ignore[call-overload]
        return begun[-1]

    yield begin
    for process in begun:
        process.kill()
        process.wait()


def test_an_export_whose_worker_is_killed_is_finished_by_the_next(
    home: dict[str, str], process: Start
) -> None:
    manage(home, "shell", "-c", MAKE)
    first = process("worker")
    wait_until(lambda: ask(home, "SELECT done FROM core_job")[0][0] > 0)
    os.kill(first.pid, signal.SIGKILL)
    first.wait()
    state, done = ask(home, "SELECT state, done FROM core_job")[0]
    assert (state, 0 < done < ORDERS) == ("running", True), (state, done)

    ask(home, "UPDATE core_job SET not_before = '2020-01-01 00:00:00'")  # its lease runs out
    process("worker")
    manage(home, "shell", "-c", HINT)  # as beat does every few seconds
    wait_until(lambda: ask(home, "SELECT state FROM core_job")[0][0] == "done")
    found = next(Path(home["GENDAN_VAR"]).glob("files/exports/*/orders.csv"))
    with found.open(encoding="utf-8-sig", newline="") as file:
        numbers = [row["订单号"] for row in csv.DictReader(file) if row["平台单号"]]
    assert len(numbers) == ORDERS
    assert set(numbers) == {f"X{n}" for n in range(ORDERS)}
    assert len(ask(home, "SELECT id FROM staff_notice")) == 1
