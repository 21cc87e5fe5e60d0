"""One migrated database, copied for each test process and each house: migrating takes 15 s.

With SQLite it is kept for the next run, until a migration or a library changes.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from config.paths import BASE_DIR
from config.settings.test import TEST_DATABASE_URL, TEST_DB, TEST_NAME, VAR_DIR

NAME = f"house_template_{TEST_NAME}"
MAKE = """
from django.core.management import call_command
call_command("migrate", verbosity=0)
call_command("createcachetable", verbosity=0)
"""


def make_once(factory: pytest.TempPathFactory) -> Path:
    """The folder with the template; the first test process that asks makes it."""
    folder = VAR_DIR / f"template-{_migrations()}"
    if TEST_DB == "postgres":  # it is dropped at the end of the run
        folder = _shared(factory) / "template"
    with (VAR_DIR / "template.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "made").exists():
            for old in VAR_DIR.glob("template-*"):
                shutil.rmtree(old)
            _make(folder)
            (folder / "made").touch()
    return folder


def _shared(factory: pytest.TempPathFactory) -> Path:
    own = factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


def _migrations() -> str:
    """Another one for other migrations or libraries."""
    files = [*BASE_DIR.glob("*/migrations/*.py"), BASE_DIR / "requirements-dev.lock"]
    return f"{zlib.crc32(b''.join(file.read_bytes() for file in sorted(files))):08x}"


@contextmanager
def in_place(factory: pytest.TempPathFactory, name: str) -> Iterator[None]:
    """A copy under the name of this process's test database."""
    folder = make_once(factory)
    if TEST_DB != "postgres":
        left = [Path(name + end) for end in ("", "-wal", "-shm")]
        for file in left:  # by a run that was killed
            file.unlink(missing_ok=True)
        shutil.copy(folder / "gendan.sqlite3", name)
        yield
        for file in left:
            file.unlink(missing_ok=True)
        return
    test = sql.Identifier(name)
    _on_server(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(test))
    _on_server(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(test, sql.Identifier(NAME)))
    yield
    _on_server(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(test))


def _make(folder: Path) -> None:
    folder.mkdir(parents=True)
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
