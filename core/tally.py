"""What all processes count, added up in the database for `/metrics` (decision 0019).

Counting is an addition in memory. A few seconds later a thread adds what came together to the
table `Tally`, so no request waits for it, and a process that ends takes little with it.
"""

from __future__ import annotations

import atexit
import json
import logging
import os
import threading
import time
from bisect import bisect_left
from dataclasses import dataclass, field

from django.conf import settings
from django.db import Error, connection, connections, transaction

logger = logging.getLogger(__name__)

Series = tuple[str, str]  # the name, its labels as JSON

BUCKETS = (0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)  # seconds

_ADD = """
    INSERT INTO core_tally (name, labels, value) VALUES (%s, %s, %s)
    ON CONFLICT (name, labels) DO UPDATE SET value = core_tally.value + excluded.value
"""
_SET = """
    INSERT INTO core_tally (name, labels, value) VALUES (%s, %s, %s)
    ON CONFLICT (name, labels) DO UPDATE SET value = excluded.value
"""


@dataclass(slots=True)
class _Counted:
    """What this process has not written yet."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    added: dict[Series, float] = field(default_factory=dict)
    marked: dict[Series, float] = field(default_factory=dict)
    timer: threading.Timer | None = None
    at_exit: bool = False


_mine = _Counted()


def _after_fork() -> None:
    """A child counts for itself: what the parent has not written is the parent's."""
    global _mine
    _mine = _Counted()


os.register_at_fork(after_in_child=_after_fork)


def count(name: str, by: float = 1, **labels: str) -> None:
    """Add to a counter."""
    with _mine.lock:
        _add(name, labels, by)
        _write_soon()


def observe(name: str, seconds: float, **labels: str) -> None:
    """Add a duration to a histogram."""
    place = bisect_left(BUCKETS, seconds)
    limit = str(BUCKETS[place]) if place < len(BUCKETS) else "+Inf"
    with _mine.lock:
        _add(f"{name}_bucket", labels | {"le": limit}, 1)
        _add(f"{name}_sum", labels, seconds)
        _write_soon()


def mark(name: str, **labels: str) -> None:
    """Keep that it is now, as a time stamp."""
    with _mine.lock:
        _mine.marked[_series(name, labels)] = time.time()
        _write_soon()


def _series(name: str, labels: dict[str, str]) -> Series:
    return name, json.dumps(labels, sort_keys=True)


def _add(name: str, labels: dict[str, str], by: float) -> None:
    series = _series(name, labels)
    _mine.added[series] = _mine.added.get(series, 0) + by


def _write_soon() -> None:
    """Under the lock: have it written in a few seconds, and at the end of the process."""
    if not settings.TALLY_SECONDS or _mine.timer is not None:
        return
    if not _mine.at_exit:
        atexit.register(write)
        _mine.at_exit = True
    _mine.timer = threading.Timer(settings.TALLY_SECONDS, _write_and_close)
    _mine.timer.daemon = True
    _mine.timer.start()


def _write_and_close() -> None:
    try:
        write()
    finally:
        connections.close_all()  # this thread's own


def write() -> None:
    """Add what was counted to the table; what cannot be written now is tried again."""
    with _mine.lock:
        added, _mine.added = _mine.added, {}
        marked, _mine.marked = _mine.marked, {}
        _mine.timer = None
    if not added and not marked:
        return
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            # In one order everywhere: two processes never wait for each other crosswise.
            cursor.executemany(_ADD, [(*series, by) for series, by in sorted(added.items())])
            cursor.executemany(_SET, [(*series, at) for series, at in sorted(marked.items())])
    except Error as error:
        logger.warning("could not write what was counted: %s", type(error).__name__)
        _put_back(added, marked)


def _put_back(added: dict[Series, float], marked: dict[Series, float]) -> None:
    with _mine.lock:
        for series, by in added.items():
            _mine.added[series] = _mine.added.get(series, 0) + by
        _mine.marked = marked | _mine.marked
