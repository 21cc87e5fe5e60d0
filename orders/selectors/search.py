"""Search: ask only the indexes that match what was typed (architecture §8, SOP 1.1.b, 1.6.b)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Prefetch, QuerySet, prefetch_related_objects

from core.keyset import SIZE, Cursor, Page, page, read_cursor
from orders.models import Hold, Order, Shop
from orders.reading import Kind, Reading
from orders.selectors.filters import Filters, Narrowing, led, narrowing, shops_of
from orders.selectors.several import all_of
from orders.selectors.ways import RECENT, Way, ways_of


@dataclass(frozen=True, slots=True)
class Found:
    """A page of orders, as what the text was read, and what else it may be."""

    page: Page[Order]
    reading: Reading | None
    others: tuple[Reading, ...] = ()
    way: Way | None = None
    other_ways: tuple[tuple[int, Way], ...] = ()
    missing: tuple[str, ...] = ()
    note: str = ""

    @classmethod
    def nothing(cls) -> Found:
        return cls(Page([]), None)

    @property
    def only(self) -> Order | None:
        """The order, when there is exactly one."""
        rows = self.page.rows
        return rows[0] if len(rows) == 1 and not (self.page.older or self.page.newer) else None


def search(
    user: Any,
    readings: Sequence[Reading],
    filters: Filters | None = None,
    cursor: str = "",
    size: int = SIZE,
    shops: Sequence[Shop] | None = None,
) -> Found:
    """The first reading that finds something; without a reading, the newest orders.

    `user` None sees all shops. Raises BadCursor for an altered page address.
    """
    filters = filters or Filters()
    shops = shops_of(user) if shops is None else shops
    narrowed = narrowing(filters, user, shops)
    at = read_cursor(cursor)
    if readings:
        found = _first(readings, narrowed, at, size)
        others = tuple(r for r in readings if found.reading and r.kind != found.reading.kind)
        found = replace(found, others=others)
    else:
        ranges, where = led(narrowed, filters)
        found = Found(page(ranges, RECENT, at, size, where=where), None)
    with_open_holds(_with_shops(found.page.rows, shops))
    return found


def _first(readings: Sequence[Reading], narrowed: Narrowing, at: Cursor, size: int) -> Found:
    """The first reading, and of it the first way, that finds something.

    A later page says in its cursor which of them it goes on with.
    """
    for reading in readings:
        found = _by(reading, narrowed, at, size)
        if found.page.rows or found.page.older or found.page.newer:
            return found
    return Found(Page([]), readings[0])


def _by(reading: Reading, narrowed: Narrowing, at: Cursor, size: int) -> Found:
    if reading.kind == Kind.SEVERAL:
        every, missing, note = all_of(reading, narrowed.where())
        return Found(Page(every), reading, missing=missing, note=note)
    ways = list(enumerate(ways_of(reading)))
    for number, way in ways:
        mark = f"{reading.kind.value}-{number}"
        if (at.key and at.mark != mark) or reading.way not in (None, number):
            continue
        rows = _page(way, narrowed, at, size, mark)
        if rows.rows or rows.older or rows.newer:
            others = tuple((n, w) for n, w in ways if n != number)
            return Found(rows, reading, way=way, other_ways=others)
    return Found(Page([]), reading)


def _page(way: Way, narrowed: Narrowing, at: Cursor, size: int, mark: str) -> Page[Order]:
    """Of a way that knows the newest only, all where those fill no page, or on the way back."""
    rows = _page_of(way, narrowed, at, size, mark)
    if way.wider and (at.backwards or not rows.older):
        return _page_of(way.wider(), narrowed, at, size, mark)
    return rows


def _page_of(way: Way, narrowed: Narrowing, at: Cursor, size: int, mark: str) -> Page[Order]:
    ranges: Sequence[QuerySet[Order]] = way.ranges
    by_time = way.order == RECENT
    if by_time and narrowed.time:
        ranges = [part.filter(narrowed.time) for part in ranges]
    where = narrowed.where(time=not by_time)
    if where and way.few:
        ranges, where = [part.filter(where) for part in ranges], None
    if way.where:
        where = way.where & where if where else way.where
    return page(ranges, way.order, at, size, where=where, mark=mark)


def _with_shops(orders: list[Order], shops: Sequence[Shop]) -> list[Order]:
    """The shops are known already: a join would read and build each of them once a row."""
    known = {shop.pk: shop for shop in shops}
    for order in orders:
        if order.shop_id in known:
            order.shop = known[order.shop_id]
    return orders


def with_open_holds(orders: list[Order]) -> list[Order]:
    """With what a row of a list shows beside itself: one query whatever the page."""
    holds = Hold.objects.filter(state="open").order_by("opened_at")
    prefetch_related_objects(orders, Prefetch("holds", holds, to_attr="open_holds"))
    return orders
