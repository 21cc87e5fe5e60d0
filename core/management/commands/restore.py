"""`manage.py restore FILE [--yes]`: what `manage.py backup` made, back in its place."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.backup.archive import fingerprint
from core.backup.errors import BackupFailed
from core.backup.restore import restore


class Command(BaseCommand):
    help = "Restore a back-up and migrate it. Stop web, worker and beat first."
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--yes", action="store_true", help="replace what is here")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            manifest = restore(options["file"], replace=options["yes"])
        except BackupFailed as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"恢复好了：{manifest['made_at'][:19]} UTC 的备份。大家要重新登录。")
        if manifest["secret"] != fingerprint():
            self.stderr.write(
                "注意：现在的 SECRET_KEY 和备份时的不一样。店铺的接口密码解不开，要重新填；"
                "旧的搜索链接失效。找回原来的 SECRET_KEY 就都能用。"
            )
