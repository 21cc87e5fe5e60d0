"""A database of the bench's own: on the local PostgreSQL where one answers, else SQLite."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

SERVER = os.environ.get("TEST_DATABASE_URL", "postgres://postgres@127.0.0.1:5432/postgres")

REDIS = os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379/15")


@contextmanager
def own_database(
    orders: int, *, keep: bool, sqlite: bool = False, filled: bool = True, redis: bool = False
) -> Iterator[str]:
    """Make (or find, where it was kept) the database of `orders`, set Django up, and seed it.

    Yields which database it is. Without `keep` it is gone afterwards.
    """
    name = f"gendan_bench_{orders}" + ("" if filled else "_empty")
    folder = Path(tempfile.gettempdir()) / (name + ("_sqlite" if sqlite else ""))
    url = "" if sqlite else _make(name)
    with _set_up(url, folder, REDIS if url and redis else ""):
        try:
            _fill(orders if filled else 0)
            yield _version()
        finally:
            _drop(name, folder, url, keep=keep)


def _make(name: str) -> str:
    """The address of a PostgreSQL database that now exists; '' where no server answers."""
    try:
        with psycopg.connect(SERVER, autocommit=True, connect_timeout=3) as server:
            known = server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
            if known.fetchone() is None:
                server.execute(f"CREATE DATABASE {name}")
    except psycopg.OperationalError:
        return ""
    return SERVER.rsplit("/", 1)[0] + f"/{name}"


@contextmanager
def _set_up(url: str, folder: Path, redis: str) -> Iterator[None]:
    """Django as `make run` has it, without its debug mode, in a folder of its own."""
    folder.mkdir(exist_ok=True)
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "bench.settings",
        "GENDAN_VAR": str(folder),
        "DATABASE_URL": url,
        "REDIS_URL": redis,
        "BENCH_QUEUE": folder.name,
        "LOG_LEVEL": "WARNING",  # the table is for people
    }
    import django

    django.setup()
    yield


def _fill(orders: int) -> None:
    """Migrate, and write what is missing; a half-written one is begun anew by hand."""
    from django.core.management import call_command
    from django.db import connection

    from orders.models import Order

    call_command("migrate", interactive=False, verbosity=0)
    call_command("createcachetable", verbosity=0)
    known = Order.objects.count()
    if known == 0 and orders:
        call_command("seed_bulk", orders=orders)
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("VACUUM")
    elif known < orders:
        raise SystemExit(f"{connection.settings_dict['NAME']} holds {known} orders only: drop it.")


def _version() -> str:
    import sqlite3

    from django.db import connection

    if connection.vendor == "postgresql":
        major = connection.cursor().connection.info.server_version // 10_000
        return f"PostgreSQL {major}"
    return f"SQLite {sqlite3.sqlite_version}"


def _drop(name: str, folder: Path, url: str, *, keep: bool) -> None:
    import shutil

    from django.db import connections

    connections.close_all()
    if keep:
        return
    if url:
        with psycopg.connect(SERVER, autocommit=True) as server:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")
    shutil.rmtree(folder)
