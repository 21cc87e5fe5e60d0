"""`manage.py seed_bulk --orders N`: made-up orders over the last year, for benchmarks."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from orders.services.seed.bulk import real_orders, seed_bulk


class Command(BaseCommand):
    help = "Write N realistic made-up orders; only into a database that holds nothing else."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--orders", type=int, default=10_000)
        parser.add_argument("--force", action="store_true", help="beside real orders, too")

    def handle(self, *args: Any, orders: int, force: bool, **options: Any) -> None:
        if orders < 1:
            raise CommandError("--orders 至少是 1 (must be at least 1)。")
        if real_orders() and not force:
            raise CommandError(
                "这个数据库里有别的订单，批量数据会混进去 (this database holds other orders)。"
                "换一个空的数据库，或者加 --force。"
            )
        began = time.monotonic()

        def report(done: int) -> None:
            rate = done / max(time.monotonic() - began, 0.001)
            self.stdout.write(f"\r{done:,} / {orders:,} ({rate:,.0f}/s)", ending="")
            self.stdout.flush()

        seed_bulk(orders, timezone.now(), report)
        self.stdout.write("")
