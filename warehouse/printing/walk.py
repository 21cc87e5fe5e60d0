"""The way along the shelves: A-2-1 comes before A-10-1 (SOP 2.d)."""

from __future__ import annotations

import re

_PARTS = re.compile(r"\d+|\D+")


def shelf_key(shelf: str) -> tuple[bool, tuple[tuple[bool, int, str], ...]]:
    """What to sort by: numbers as numbers; goods without a shelf come last."""
    parts = _PARTS.findall(shelf.upper())
    return not shelf, tuple((not p.isdecimal(), int(p) if p.isdecimal() else 0, p) for p in parts)
