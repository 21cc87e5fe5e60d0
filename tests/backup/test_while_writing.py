"""A back-up while others write, restored elsewhere: whole, nothing lost (failure mode 29)."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from config.paths import BASE_DIR
from config.settings.test import TEST_DATABASE_URL, TEST_DB, TEST_NAME
from tests.core.test_killed_worker import ask, manage
from tests.house.conftest import home, own_services, wait_until

__all__ = ["home", "own_services"]  # fixtures
pytestmark = [pytest.mark.processes]

# Each order with its lines, its money, its history and its acts, in one transaction; then its
# number, so that we know it was committed.
WRITE = """
from django.db import transaction
from orders.factories import OrderFactory
from staff.factories import UserFactory
from stock.factories import SkuFactory
from django.conf import settings
UserFactory.create(username="zhang")
sku = SkuFactory.create()
(settings.MEDIA_ROOT / "exports").mkdir(parents=True)
for n in range(100_000):
    with transaction.atomic():
        OrderFactory.create(order_no=f"X{n}", state="paid", lines=[(sku, 2)])
    (settings.MEDIA_ROOT / "exports" / f"{n}.csv").write_text(str(n))
    print(n, flush=True)
"""
COUNTS = {
    "lines": "SELECT count(*) FROM orders_orderline",
    "payments": "SELECT count(*) FROM orders_payment",
    "history": "SELECT count(DISTINCT id) FROM orders_historicalorder",
}
NUMBERS = "SELECT order_no FROM orders_order"


@pytest.fixture
def elsewhere(home: dict[str, str], tmp_path: Path) -> Iterator[dict[str, str]]:
    """A fresh installation, without a table."""
    fresh = home | {"GENDAN_VAR": str(tmp_path / "elsewhere")}
    if TEST_DB != "postgres":
        yield fresh
        return
    name = sql.Identifier(f"elsewhere_{TEST_NAME}_{os.getpid()}")
    with psycopg.connect(TEST_DATABASE_URL, autocommit=True) as server:
        server.execute(sql.SQL("CREATE DATABASE {}").format(name))
        try:
            url = f"{TEST_DATABASE_URL.rpartition('/')[0]}/elsewhere_{TEST_NAME}_{os.getpid()}"
            yield fresh | {"DATABASE_URL": url}
        finally:
            server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))


def test_a_back_up_while_orders_are_written_is_restored_whole(
    home: dict[str, str], elsewhere: dict[str, str], tmp_path: Path
) -> None:
    written = tmp_path / "written"
    with written.open("w") as out:
        command = [sys.executable, "manage.py", "shell", "-c", WRITE]
        writer = subprocess.Popen(command, cwd=BASE_DIR, env=home, stdout=out)
    try:
        wait_until(lambda: "\n3\n" in written.read_text())
        before = len(written.read_text().split())
        manage(home, "backup", str(tmp_path / "a.tar.gz"))
        after = len(written.read_text().split())
        assert writer.poll() is None, "it wrote all the time"
    finally:
        writer.kill()
        writer.wait()

    manage(elsewhere, "restore", str(tmp_path / "a.tar.gz"))
    numbers = {row[0] for row in ask(elsewhere, NUMBERS)}
    assert numbers == {f"X{n}" for n in range(len(numbers))}, "a prefix, without a hole"
    assert before <= len(numbers) <= after + 1
    for table, count in COUNTS.items():
        assert ask(elsewhere, count)[0][0] == len(numbers), table
    files = Path(elsewhere["GENDAN_VAR"], "files", "exports")
    assert {f"{n}.csv" for n in range(before)} <= {path.name for path in files.iterdir()}
    assert (files / "2.csv").read_text() == "2"
    replaced_under_another_key(elsewhere, tmp_path)


def replaced_under_another_key(elsewhere: dict[str, str], tmp_path: Path) -> None:
    """What stands there is replaced, whole; with another key it warns."""
    told = subprocess.run(
        [sys.executable, "manage.py", "restore", str(tmp_path / "a.tar.gz"), "--yes"],
        cwd=BASE_DIR,
        env=elsewhere | {"SECRET_KEY": "another-key-than-the-one-that-made-the-back-up"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stderr
    assert "SECRET_KEY" in told.stderr
