"""One migrated database a run, copied for each test that starts processes: migrating takes 7 s."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from config.paths import BASE_DIR
from config.settings.test import TEST_DATABASE_URL, TEST_DB, TEST_NAME

NAME = f"house_template_{TEST_NAME}"
MAKE = """
from django.core.management import call_command
call_command("migrate", verbosity=0)
call_command("createcachetable", verbosity=0)
"""


def make_once(factory: pytest.TempPathFactory) -> Path:
    """The folder with the template; the first test process of the run that asks makes it."""
    shared = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    folder = shared / "template"
    with (shared / "template.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "made").exists():
            _make(folder)
            (folder / "made").touch()
    return folder


def _make(folder: Path) -> None:
    folder.mkdir()
    if TEST_DB == "postgres":
        drop()
        _on_server(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(NAME)))
    own = {"GENDAN_VAR": str(folder), "DATABASE_URL": _url(NAME), "REDIS_URL": ""}
    env = os.environ | own | {"DJANGO_SETTINGS_MODULE": "config.settings.local"}
    command = [sys.executable, "manage.py", "shell", "-v", "0", "-c", MAKE]
    subprocess.run(command, cwd=BASE_DIR, env=env, check=True, capture_output=True)


def drop() -> None:
    """On PostgreSQL: leave no template behind."""
    if TEST_DB == "postgres":
        _on_server(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(NAME)))


@contextmanager
def copied(folder: Path, var: Path) -> Iterator[str]:
    """A copy in a folder of its own (SQLite), or under a name of its own: its DATABASE_URL."""
    if TEST_DB != "postgres":
        var.mkdir()
        shutil.copy(folder / "gendan.sqlite3", var)
        yield ""
        return
    name, template = f"house_{TEST_NAME}_{os.getpid()}", sql.Identifier(NAME)
    create = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
    _on_server(create.format(sql.Identifier(name), template))
    try:
        yield _url(name)
    finally:
        _on_server(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def emptied(home: dict[str, str]) -> None:
    """As before the first start: not a table."""
    if not home["DATABASE_URL"]:
        shutil.rmtree(home["GENDAN_VAR"])
        return
    with psycopg.connect(home["DATABASE_URL"], autocommit=True) as database:
        database.execute("DROP SCHEMA public CASCADE")
        database.execute("CREATE SCHEMA public")


def _url(name: str) -> str:
    return f"{TEST_DATABASE_URL.rpartition('/')[0]}/{name}" if TEST_DB == "postgres" else ""


def _on_server(statement: sql.Composed) -> None:
    with psycopg.connect(TEST_DATABASE_URL, autocommit=True) as server:
        server.execute(statement)
