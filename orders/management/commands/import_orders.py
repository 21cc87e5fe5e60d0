"""`manage.py import_orders FILE [--items FILE] --shop CODE`: what the upload screen does."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from core.models import Job, JobState
from core.work import finish_here
from orders.formats import ItemsAlone, Unreadable, peek
from orders.models import ImportRejection, Shop
from orders.services.importing.job import COUNTS
from orders.services.importing.upload import begin_here
from orders.words import Channel

SHOWN = 20


class Command(BaseCommand):
    help = "Import an export file of a platform (SOP 5.a). The last line is one JSON object."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--items", type=Path, help="the products' file of the same export")
        parser.add_argument("--shop", required=True, help="the shop's code")

    def handle(self, *args: Any, **options: Any) -> None:
        shop = self._shop(options["shop"])
        job = self._begin(shop, options["file"], options["items"])
        finish_here(job, self._progress)
        if job.state != JobState.DONE:
            raise CommandError(job.error)
        self._rejections(job)
        counts = {name: job.result[name] for name in ("rows", *COUNTS)}
        self.stdout.write(json.dumps(counts))

    def _shop(self, code: str) -> Shop:
        try:
            return Shop.objects.get(code=code)
        except Shop.DoesNotExist as error:
            codes = "、".join(Shop.objects.values_list("code", flat=True)) or "还没有店铺"
            raise CommandError(f"没有代码是 {code} 的店铺。现有：{codes}。") from error

    def _begin(self, shop: Shop, file: Path, items: Path | None) -> Job:
        for path in (file, items):
            if path is not None and not path.is_file():
                raise CommandError(f"没有这个文件：{path}")
        try:
            found = peek(file)
        except Unreadable as error:
            raise CommandError(str(error)) from error
        if found.holds_items and items is None:
            raise CommandError(str(ItemsAlone(found.name)))
        if found.channels and shop.channel not in found.channels:
            label = Channel(shop.channel).label
            self.stderr.write(f"注意：这是{found.name}，而“{shop.name}”是{label}店铺。")
        return begin_here(shop, file, items, found, now=timezone.now())

    def _progress(self, job: Job) -> None:
        if self.stderr.isatty():
            self.stderr.write(f"\r{job.percent:3d} %", ending="")

    def _rejections(self, job: Job) -> None:
        """The first rejected rows, as a person reads them."""
        for row in ImportRejection.objects.filter(job=job).order_by("id")[:SHOWN]:
            where = f" {row.column}" if row.column else ""
            self.stderr.write(f"第 {row.line} 行{where}：{row.reason}")
        more = job.result["rejected"] - SHOWN
        if more > 0:
            self.stderr.write(f"… 另有 {more} 行")
