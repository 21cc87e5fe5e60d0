"""Keyset pages: a page is one index range; no OFFSET and no COUNT (architecture §8)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from django.db.models import Model, Q, QuerySet

from core.sealed import Unsealable, seal, unseal

M = TypeVar("M", bound=Model)
SIZE = 20


class BadCursor(ValueError):
    """A page address that was cut or altered."""


@dataclass(frozen=True, slots=True)
class Page(Generic[M]):
    """Rows of one page, with the cursors of the neighbours ('' where there is none)."""

    rows: list[M]
    older: str
    newer: str

    @property
    def said(self) -> str:
        """How many, as far as known without counting: “3” within a page, else “20+”."""
        return f"{len(self.rows)}+" if self.older or self.newer else str(len(self.rows))


def page(rows: QuerySet[M], order: Sequence[str], cursor: str = "", size: int = SIZE) -> Page[M]:
    """One page of `rows` in `order` (fields with one common direction, the last unique).

    `cursor` is one of the neighbours' from an earlier page; raises BadCursor if it was altered.
    """
    backwards, key = _read(cursor, len(order))
    names = [name.lstrip("-") for name in order]
    descending = order[0].startswith("-") != backwards
    if key:
        rows = rows.filter(_beyond(names, key, "lt" if descending else "gt"))
    found = list(rows.order_by(*[f"-{n}" if descending else n for n in names])[: size + 1])
    more, found = len(found) > size, found[:size]
    if backwards:
        found.reverse()
    older = (more or backwards) and bool(found)
    newer = (more if backwards else bool(key)) and bool(found)
    return Page(
        found,
        _write(found[-1], names, False) if older else "",
        _write(found[0], names, True) if newer else "",
    )


def _beyond(names: Sequence[str], key: Sequence[Any], op: str) -> Q:
    """Row comparison spelt so that both databases use the index: first ≤ … and (first < or …)."""
    condition = Q(**{f"{names[-1]}__{op}": key[-1]})
    for name, value in reversed(list(zip(names[:-1], key[:-1], strict=True))):
        condition = Q(**{f"{name}__{op}": value}) | (Q(**{name: value}) & condition)
    return Q(**{f"{names[0]}__{op}e": key[0]}) & condition


def _write(row: Model, names: Sequence[str], backwards: bool) -> str:
    values = [getattr(row, name) for name in names]
    plain = [{"t": v.isoformat()} if isinstance(v, datetime) else v for v in values]
    return seal(json.dumps([int(backwards), *plain]))


def _read(cursor: str, length: int) -> tuple[bool, list[Any]]:
    if not cursor:
        return False, []
    try:
        backwards, *key = json.loads(unseal(cursor))
    except Unsealable as error:
        raise BadCursor("这个页码地址不完整，请从第一页看起。") from error
    if len(key) != length:
        raise BadCursor("这个页码地址不完整，请从第一页看起。")
    return bool(backwards), [
        datetime.fromisoformat(v["t"]) if isinstance(v, dict) else v for v in key
    ]
