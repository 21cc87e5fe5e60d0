"""`manage.py check_stock`: do levels, ledger and orders agree (SOP 5.b)? Exit 1 if not."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from orders.selectors.stock_check import differences, said


class Command(BaseCommand):
    help = "Compare stock levels with movements and orders. Exit 1 when something differs."

    def handle(self, *args: Any, **options: Any) -> None:
        found = list(differences())
        for difference in found:
            self.stdout.write(said(difference))
        if found:
            raise CommandError(f"{len(found)} 处对不上。")
        self.stdout.write("库存、流水、订单预占一致。")
