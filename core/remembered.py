"""What the owner rarely changes and every request asks: each process keeps it for some seconds."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")

FRESH = 5  # seconds until what another process wrote is seen
_all: list[Remembered[object]] = []


class Remembered(Generic[T]):
    """What `read` answered within the last seconds; `forget` when this process wrote it."""

    def __init__(self, read: Callable[[], T]) -> None:
        self._read = read
        self._kept: tuple[float, T] | None = None
        _all.append(self)  # type: ignore[arg-type]

    def __call__(self) -> T:
        kept, now = self._kept, time.monotonic()
        if kept is None or now - kept[0] > FRESH:
            kept = self._kept = (now, self._read())
        return kept[1]

    def forget(self) -> None:
        self._kept = None


def remembered(read: Callable[[], T]) -> Remembered[T]:
    """Keep what the function answers for `FRESH` seconds; nobody may change the answer."""
    return Remembered(read)


def forget_all() -> None:
    """For tests, which take back what they wrote."""
    for each in _all:
        each.forget()
