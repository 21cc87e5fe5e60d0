"""From an archive back to a running installation, whole or not at all."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import Error, connection
from django.db.migrations.loader import MigrationLoader

from core.backup import archive, databases
from core.backup.errors import BackupFailed
from core.models import OutboxMessage

TRIED = 1


def restore(source: Path, *, replace: bool) -> dict[str, Any]:
    """Put a back-up in the place of what is here; answers its manifest. Raises BackupFailed.

    `replace`: although there is something here. Who was signed in signs in anew, and a message
    that still waited counts as tried once: it may have gone out after the back-up was made.
    """
    root = Path(settings.MEDIA_ROOT)
    root.parent.mkdir(parents=True, exist_ok=True)
    with _alone(), tempfile.TemporaryDirectory(dir=root.parent, prefix=".restore-") as name:
        folder = Path(name)
        manifest = archive.unpack(source, folder)
        _check_fits(manifest)
        if not replace and not _is_empty():
            raise BackupFailed("这里已经有数据，恢复会把它们换掉。确定要换，加上 --yes。")
        databases.load(folder / archive.DATABASE)
        _swap_files(folder, root)
    call_command("migrate", interactive=False, verbosity=0)
    call_command("createcachetable", verbosity=0)
    _settle()
    return manifest


@contextmanager
def _alone() -> Iterator[None]:
    """Nobody works on what is replaced: `make run` holds this lock."""
    settings.VAR_DIR.mkdir(parents=True, exist_ok=True)
    with (settings.VAR_DIR / "run.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise BackupFailed("跟单台还在运行。先停掉它（Ctrl-C），再恢复。") from None
        yield


def _check_fits(manifest: dict[str, Any]) -> None:
    theirs, ours = manifest["database"], databases.version()
    if theirs.split()[0] != ours.split()[0]:
        raise BackupFailed(f"这份备份来自 {theirs}，这里是 {ours}：只能恢复到同一种数据库。")
    known = _known_migrations()
    rooms = {app.label for app in apps.get_app_configs()}
    newer = [
        key for key in map(tuple, manifest["migrations"]) if key[0] in rooms and key not in known
    ]
    if newer:
        raise BackupFailed(f"这份备份来自更新的版本（{'.'.join(newer[0])}），请先升级跟单台。")


def _known_migrations() -> set[tuple[str, str]]:
    """Those of this version, and those that went into one of them."""
    migrations = MigrationLoader(None).disk_migrations
    return set(migrations) | {old for each in migrations.values() for old in each.replaces}


def _is_empty() -> bool:
    """Has nobody ever worked here? Tables that a migration filled do not count."""
    tables = set(connection.introspection.table_names())
    people = apps.get_model(settings.AUTH_USER_MODEL)
    return people._meta.db_table not in tables or not people._default_manager.exists()


def _swap_files(folder: Path, root: Path) -> None:
    new, old = folder / archive.FILES, folder / "before"
    new.mkdir(exist_ok=True)
    if root.exists():
        os.rename(root, old)
    os.rename(new, root)
    shutil.rmtree(old, ignore_errors=True)


def _settle() -> None:
    """What must not go on as if no time had passed."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_session")
    OutboxMessage.objects.filter(tries=0).update(tries=TRIED)
    try:
        connection.check_constraints()
    except Error as error:
        raise BackupFailed(f"恢复了，但数据对不上：{error}") from error
