"""`manage.py backup FILE`: database and files in one archive, while everybody works."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from core.backup.archive import write
from core.backup.errors import BackupFailed


class Command(BaseCommand):
    help = "Back up database and files into one new file. It holds personal data: encrypt it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        path = options["file"].absolute()
        if not path.parent.is_dir():
            raise CommandError(f"没有这个文件夹：{path.parent}")
        try:
            manifest = write(path, timezone.now())
        except BackupFailed as error:
            raise CommandError(str(error)) from error
        size, files = path.stat().st_size / 2**20, len(manifest["members"]) - 1
        self.stdout.write(
            f"备份好了：{path}（{size:.1f} MB，{manifest['database']}，{files} 个文件）。"
            "里面有个人信息，请加密保存；SECRET_KEY 不在里面，另外保管。"
        )
