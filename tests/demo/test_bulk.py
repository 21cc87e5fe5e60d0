"""Bulk data keeps every constraint and conserves money; the benches run on a small lot of it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import F, Sum

from config.paths import BASE_DIR
from core.models import Act
from orders.factories import OrderFactory
from orders.models import Order, OrderLine, OrderNumber, Payment, Trade
from orders.services.seed.bulk import seed_bulk
from orders.services.seed.unindexed import unindexed
from tests.demo.conftest import NOON
from tests.house import template

pytestmark = pytest.mark.django_db


@pytest.fixture
def bulk() -> datetime:
    seed_bulk(500, NOON)
    return NOON


def test_so_many_orders_over_a_year(bulk: datetime) -> None:
    orders = Order.objects.all()
    assert orders.count() == 500
    assert not orders.filter(ordered_at__gt=bulk).exists()
    assert orders.filter(ordered_at__lt=bulk - timedelta(days=300)).exists()
    assert set(orders.values_list("state", flat=True)) >= {"completed", "closed", "shipped"}
    connection.check_constraints()


def test_numbers_go_on_where_bulk_ended(bulk: datetime) -> None:
    last = Order.objects.order_by("order_no").last()
    assert last is not None
    row = OrderNumber.objects.latest("day")
    assert last.order_no == f"G{row.day:%y%m%d}{row.last:04d}"


def test_money_is_conserved(bulk: datetime) -> None:
    shares = Trade.objects.annotate(shared=Sum("payments__amount"))
    assert not shares.exclude(shared=F("paid")).exists()
    for order in Order.objects.annotate(goods=Sum("lines__amount")):
        assert order.goods == order.goods_total
        assert order.due == order.goods_total + order.freight
        if order.paid_at:
            assert order.paid + order.paid_by_platform == order.due


def test_each_row_has_its_history_and_each_order_its_timeline(bulk: datetime) -> None:
    for model in (Order, OrderLine, Payment):
        assert model.history.count() == model.objects.count()
    assert Order.history.first().history_change_reason is not None
    told = set(Act.objects.filter(verb="import_orders").values_list("order_no", flat=True))
    assert told == set(Order.objects.values_list("order_no", flat=True))


def test_it_stays_away_from_real_orders_unless_forced() -> None:
    OrderFactory.create()
    with pytest.raises(CommandError, match="--force"):
        call_command("seed_bulk", orders=5)
    assert Order.objects.count() == 1
    call_command("seed_bulk", orders=5, force=True, stdout=StringIO())
    assert Order.objects.count() == 6


@pytest.mark.postgres
def test_indexes_and_foreign_keys_are_back_after_a_large_lot() -> None:
    def standing() -> list[Any]:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT split_part(indexdef, ' WHERE ', 1) FROM pg_indexes "
                "WHERE schemaname = current_schema() UNION ALL "
                "SELECT conname || pg_get_constraintdef(oid) FROM pg_constraint "
                "WHERE contype = 'f' ORDER BY 1"
            )
            return list(cursor.fetchall())

    before = standing()
    with unindexed():
        assert len(standing()) < len(before) / 2
    assert standing() == before


@pytest.mark.sqlite
@pytest.mark.processes
@pytest.mark.parametrize("name", ["search", "order_page", "import", "scan"])
def test_the_benches_run_on_sqlite(
    name: str, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    migrated = template.make_once(tmp_path_factory) / "gendan.sqlite3"
    for kind in ("", "_empty"):
        (folder := tmp_path / f"gendan_bench_60{kind}_sqlite").mkdir()
        shutil.copy(migrated, folder)
    few = ["--orders", "60", "--queries", "2", "--no-flat", "--sqlite"]
    command = [sys.executable, "-m", "bench", name, *few]
    environment = {k: v for k, v in os.environ.items() if k != "DJANGO_SETTINGS_MODULE"}
    environment["TMPDIR"] = str(tmp_path)
    told = subprocess.run(
        command, cwd=BASE_DIR, env=environment, check=True, capture_output=True, text=True
    ).stdout
    figures = json.loads(told.splitlines()[-1])
    assert figures["bench"] == name
    assert figures["orders"] == 60
    assert figures["database"].startswith("SQLite")
    assert figures["ratio"] > 0
