"""A consistent copy of the database while everybody writes, and back again."""

from __future__ import annotations

import os
import re
import sqlite3
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

from django.db import Error, connection, transaction

from core.backup.errors import BackupFailed

ASIDE = "gendan_before_restore"  # where the old tables stand until the new ones are complete


def version() -> str:
    """`sqlite 3.40.1`, `postgresql 15`: a back-up goes back to the same kind."""
    if connection.vendor == "sqlite":
        return f"sqlite {sqlite3.sqlite_version}"
    connection.ensure_connection()
    return f"postgresql {_server()}"


def dump(path: Path) -> None:
    """Write the database as it is at one moment; writers go on. Raises BackupFailed."""
    if connection.vendor == "sqlite":
        _copy_sqlite(_sqlite_file(), path)
        return
    _check("pg_dump", _server())
    _run("pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={path}")


def load(path: Path) -> None:
    """Put the database of `dump` in the place of ours, whole or not at all. Raises BackupFailed."""
    if connection.vendor == "sqlite":
        connection.close()
        _copy_sqlite(path, _sqlite_file())
        return
    _check("pg_restore", _server())
    with _old_tables_aside():
        how = ["--no-owner", "--no-privileges", "--no-comments", "--exit-on-error"]
        to = f"--dbname={_settings()['PGDATABASE']}"
        _run("pg_restore", *how, "--single-transaction", to, str(path))


# SQLite


def _sqlite_file() -> Path:
    return Path(str(connection.settings_dict["NAME"]))


def _copy_sqlite(source: Path, target: Path) -> None:
    """SQLite's online back-up in one step: one read transaction, and in WAL nobody waits."""
    try:
        with (
            closing(sqlite3.connect(source, timeout=20)) as old,
            closing(sqlite3.connect(target, timeout=20)) as new,
        ):
            old.backup(new, pages=-1)
            found = new.execute("PRAGMA quick_check").fetchone()[0]
    except sqlite3.Error as error:
        raise BackupFailed(f"数据库复制不了：{error}。") from error
    if found != "ok":
        raise BackupFailed(f"数据库的副本有损坏：{found}。")


# PostgreSQL


def _server() -> int:
    """The major version of the server."""
    connection.ensure_connection()
    return int(connection.connection.info.server_version // 10_000)


def _check(program: str, server: int) -> None:
    """Raises BackupFailed when the program is not there or older than the server."""
    try:
        said = subprocess.run([program, "--version"], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        raise BackupFailed(f"找不到 {program}。请安装 postgresql-client-{server} 再试。") from None
    own = int((re.search(r"\d+", said.stdout) or ["0"])[0])
    if own < server:
        raise BackupFailed(
            f"{program} 是 {own} 版，服务器是 {server} 版，旧的读不了新的。"
            f"请安装 postgresql-client-{server} 再试。"
        )


def _settings() -> Mapping[str, str]:
    """Where the server is, for the environment: a password never stands on a command line."""
    known = connection.get_connection_params()
    names = {"PGHOST": "host", "PGPORT": "port", "PGUSER": "user", "PGPASSWORD": "password"}
    names |= {"PGDATABASE": "dbname", "PGSSLMODE": "sslmode", "PGSERVICE": "service"}
    return {env: str(known[name]) for env, name in names.items() if known.get(name)}


def _run(program: str, *options: str) -> None:
    done = subprocess.run(
        [program, "--no-password", *options],
        env=os.environ | _settings(),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        # The first line alone: the next ones may quote rows.
        why = (done.stderr.strip().splitlines() or ["?"])[0]
        raise BackupFailed(f"{program} 没有成功：{why}")


@contextmanager
def _old_tables_aside() -> Iterator[None]:
    """The schema's place is free inside; the old one comes back when it fails."""
    connection.close()
    extensions = _extensions()
    _execute(
        f"ALTER SCHEMA public RENAME TO {ASIDE}",
        "CREATE SCHEMA public",
        *(f"ALTER EXTENSION {name} SET SCHEMA public" for name in extensions),
    )
    try:
        yield
    except BaseException:
        _execute(
            *(f"ALTER EXTENSION {name} SET SCHEMA {ASIDE}" for name in extensions),
            "DROP SCHEMA public CASCADE",
            f"ALTER SCHEMA {ASIDE} RENAME TO public",
        )
        raise
    _execute(f"DROP SCHEMA {ASIDE} CASCADE")


def _extensions() -> list[str]:
    """They go along: an index looks for an extension's operators in `public`."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT extname FROM pg_extension JOIN pg_namespace n ON n.oid = extnamespace"
            " WHERE nspname = 'public'"
        )
        return [connection.ops.quote_name(row[0]) for row in cursor.fetchall()]


def _execute(*statements: str) -> None:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
    except Error as error:
        why = str(error).partition("\n")[0]
        raise BackupFailed(f"数据库不让换表：{why}") from error
