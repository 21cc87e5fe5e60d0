"""Keyset pages: a page is one index range; nothing is counted or skipped (architecture §8)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Generic, TypeVar

from django.db.models import Model, Q, QuerySet

from core.sealed import Unsealable, seal, unseal

M = TypeVar("M", bound=Model)
SIZE = 20
REACH = 5000
ALTERED = "这个页码地址不完整，请从第一页看起。"


class BadCursor(ValueError):
    """A page address that was cut or altered."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page begins: beyond `key` (or at it), in the list that `mark` names."""

    mark: str = ""
    backwards: bool = False
    key: tuple[Any, ...] = ()
    inclusive: bool = False


@dataclass(frozen=True, slots=True)
class Page(Generic[M]):
    """Rows of one page, with the cursors of the neighbours ('' where there is none).

    `looked_at`: so many rows were looked through, and more are left beyond; 0: all were.
    """

    rows: list[M]
    older: str = ""
    newer: str = ""
    looked_at: int = 0

    @property
    def said(self) -> str:
        """How many, as far as known without counting: “3” within a page, else “20+”."""
        more = self.rows and (self.older or self.newer)
        return f"{len(self.rows)}+" if more else str(len(self.rows))


def page(
    rows: QuerySet[M] | Iterable[QuerySet[M]],
    order: Sequence[str],
    cursor: str | Cursor = "",
    size: int = SIZE,
    *,
    where: Q | None = None,
    mark: str = "",
    reach: int = REACH,
) -> Page[M]:
    """One page of `rows` in `order` (fields, the last unique).

    `rows` is what one index range holds in this order, or several such ranges, which are merged:
    those, and a `where`, want one common direction.
    `where` is what no index serves: at most `reach` rows of a range are looked through for it, so
    that a page costs the same in a million rows; the cursors lead further.
    `cursor` is a neighbour's of an earlier page; raises BadCursor if it was altered.
    """
    at = read_cursor(cursor) if isinstance(cursor, str) else cursor
    names = [name.lstrip("-") for name in order]
    if at.key and (len(at.key) != len(names) or at.mark != mark):
        raise BadCursor(ALTERED)
    downs = [name.startswith("-") != at.backwards for name in order]
    descending = downs[0]
    ranges = [rows] if isinstance(rows, QuerySet) else list(rows)
    if at.key:
        beyond = _beyond(names, at.key, downs, at.inclusive)
        ranges = [part.filter(beyond) for part in ranges]
    if len(set(downs)) > 1 and (len(ranges) > 1 or where is not None):
        raise ValueError(f"{order}: merged ranges and looking through want one direction")
    ranges = [part.order_by(*_ordering(names, downs)) for part in ranges]
    end = _end(ranges, names, descending, reach) if where is not None else None
    found = _merged(ranges, names, descending, size + 1, where, end)
    return _page(found, names, at, size, mark, end, reach)


def _page(
    found: list[M],
    names: Sequence[str],
    at: Cursor,
    size: int,
    mark: str,
    end: tuple[Any, ...] | None,
    reach: int,
) -> Page[M]:
    more, found = len(found) > size, found[:size]
    onward = _values(found[-1], names) if more else end
    back = _values(found[0], names) if found else at.key  # from an empty page back to its border
    ahead = seal_cursor(Cursor(mark, at.backwards, onward)) if onward else ""
    behind = seal_cursor(Cursor(mark, not at.backwards, back, not found)) if at.key else ""
    looked_at = reach if end and not more else 0
    if at.backwards:
        return Page(found[::-1], behind, ahead, looked_at)
    return Page(found, ahead, behind, looked_at)


def _merged(
    ranges: Sequence[QuerySet[M]],
    names: Sequence[str],
    descending: bool,
    size: int,
    where: Q | None,
    end: tuple[Any, ...] | None,
) -> list[M]:
    """The first `size` rows of all ranges; a row that stands in two comes once."""
    rows: dict[Any, M] = {}
    for part in ranges:
        if where is not None:
            part = part.filter(where)
        if end:
            back = [not descending] * len(names)
            part = part.filter(_beyond(names, end, back, inclusive=True))
        rows.update((row.pk, row) for row in part[:size])
    if len(ranges) < 2:
        return list(rows.values())
    return sorted(rows.values(), key=lambda r: _values(r, names), reverse=descending)[:size]


def _end(
    ranges: Sequence[QuerySet[M]], names: Sequence[str], descending: bool, reach: int
) -> tuple[Any, ...] | None:
    """The key up to which rows are looked through; None when the ranges end before."""
    ends = [last for part in ranges if (last := _last(part.values_list(*names), reach))]
    if not ends:
        return None
    return max(ends) if descending else min(ends)


def _last(keys: QuerySet[M, tuple[Any, ...]], reach: int) -> tuple[Any, ...] | None:
    """The key in place `reach` of a range. The skip is of constant length, in the index alone."""
    return next(iter(keys[reach - 1 : reach]), None)


def _ordering(names: Sequence[str], downs: Sequence[bool]) -> list[str]:
    return [f"-{name}" if down else name for name, down in zip(names, downs, strict=True)]


def _beyond(
    names: Sequence[str], key: Sequence[Any], downs: Sequence[bool], inclusive: bool = False
) -> Q:
    """Row comparison spelt so that both databases use the index: first ≤ … and (first < or …)."""
    ops = ["lt" if down else "gt" for down in downs]
    condition = Q(**{f"{names[-1]}__{ops[-1]}{'e' if inclusive else ''}": key[-1]})
    for name, op, value in reversed(list(zip(names[:-1], ops, key[:-1], strict=False))):
        condition = Q(**{f"{name}__{op}": value}) | (Q(**{name: value}) & condition)
    return Q(**{f"{names[0]}__{ops[0]}e": key[0]}) & condition


def _values(row: Model, names: Sequence[str]) -> tuple[Any, ...]:
    return tuple(getattr(row, name) for name in names)


def seal_cursor(cursor: Cursor) -> str:
    plain = [_plain(value) for value in cursor.key]
    return seal(json.dumps([cursor.mark, cursor.backwards, cursor.inclusive, *plain]))


def read_cursor(text: str) -> Cursor:
    """The cursor of an address; raises BadCursor."""
    if not text:
        return Cursor()
    try:
        mark, backwards, inclusive, *key = json.loads(unseal(text))
    except (Unsealable, ValueError, TypeError) as error:
        raise BadCursor(ALTERED) from error
    values = (_value(each) for each in key)
    return Cursor(mark, backwards, tuple(values), inclusive)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return {"t": value.isoformat()}
    return {"d": value.isoformat()} if isinstance(value, date) else value


def _value(plain: Any) -> Any:
    if not isinstance(plain, dict):
        return plain
    return datetime.fromisoformat(plain["t"]) if "t" in plain else date.fromisoformat(plain["d"])
