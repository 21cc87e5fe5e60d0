"""The last line of the suite: what it ran on, what it left out and why."""

from __future__ import annotations

import os
import platform
import sqlite3
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from tests import chromium

Stats = Mapping[str, Sequence[Any]]


@cache
def services() -> dict[str, str | None]:
    """The versions of what answers on this machine; None for what does not."""
    return {"PostgreSQL": _postgres(), "Redis": _redis()}


def _postgres() -> str | None:
    import psycopg

    from config.settings.test import TEST_DATABASE_URL

    try:
        with psycopg.connect(TEST_DATABASE_URL, connect_timeout=3) as connection:
            return connection.info.parameter_status("server_version")
    except psycopg.Error:
        return None


def _redis() -> str | None:
    import redis

    from config.settings.test import TEST_REDIS_URL

    try:
        with redis.Redis.from_url(TEST_REDIS_URL, socket_connect_timeout=3) as client:
            return str(client.info("server")["redis_version"])
    except redis.RedisError:
        return None


def closing_line(stats: Stats) -> str:
    """`Ran on …: n passed (m in the browser). Left out: …`"""
    passed = len(stats.get("passed", ()))
    failed = len(stats.get("failed", ())) + len(stats.get("error", ()))
    counts = f"{passed} passed" + (f", {failed} failed" if failed else "")
    return (
        f"Ran on {ran_on()}: {counts} ({count(stats, 'browser')} in the browser). {left_out(stats)}"
    )


def ran_on() -> str:
    """The database, Redis, the browser and Python, each with its version."""
    parts = [f"SQLite {sqlite3.sqlite_version}"]
    if os.environ.get("DB") == "postgres":
        versions = services()
        redis = f"Redis {versions['Redis'].split()[0]}" if versions["Redis"] else "without Redis"
        parts = [f"PostgreSQL {str(versions['PostgreSQL']).split()[0]}", redis]
    browser = chromium.version()
    parts.append(f"Chromium {browser}" if browser else "without Chromium")
    return ", ".join([*parts, f"Python {platform.python_version()}"])


def left_out(stats: Stats) -> str:
    """How many were skipped, by reason."""
    reasons = Counter(_reason(report) for report in stats.get("skipped", ()))
    if not reasons:
        return "Left out: nothing."
    return "Left out: " + "; ".join(f"{n} — {why}" for why, n in sorted(reasons.items())) + "."


def _reason(report: Any) -> str:
    longrepr = report.longrepr
    text = longrepr[2] if isinstance(longrepr, tuple) else str(longrepr)
    return text.removeprefix("Skipped: ").strip()


def count(stats: Stats, marker: str) -> int:
    """How many tests with that marker passed."""
    return sum(marker in report.keywords for report in stats.get("passed", ()))


def left_out_too_much(stats: Stats) -> bool:
    """No browser part, on PostgreSQL nothing for it, or more than what the other run plays."""
    if not count(stats, "browser"):
        return True
    on_postgres = os.environ.get("DB") == "postgres"
    other = "SQLite" if on_postgres else "PostgreSQL"
    wrong = [r for r in stats.get("skipped", ()) if other not in _reason(r)]
    return bool(wrong) or (on_postgres and not count(stats, "postgres"))
