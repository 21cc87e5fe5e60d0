"""`manage.py seed_demo`: the demo, once, into an empty database; only with GENDAN_DEMO=1."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from orders.services.seed.demo.run import seed_demo, seeded


class Command(BaseCommand):
    help = "Load the demo (users with the password gendan-demo) into an empty database."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError(
                "演示数据只在演示环境里装入：设 GENDAN_DEMO=1 再运行"
                " (the demo is loaded with GENDAN_DEMO=1 only)。"
            )
        if seeded():
            self.stdout.write("数据库里已经有数据，什么都没有改 (not empty: nothing was changed)。")
            return
        count = seed_demo(timezone.now())
        self.stdout.write(f"已装入演示数据 (demo loaded)：{count} 单。")
