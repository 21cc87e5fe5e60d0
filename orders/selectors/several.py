"""Several keys pasted at once: all their orders on one page, and which key found none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Q, QuerySet

from core.keyset import REACH
from orders.models import BuyerAccount, OldWaybill, Order
from orders.reading import Kind, Reading

MOST = 500
NOT_ALL = f"太多了，只列出 {MOST} 单；请分几次查。"

# The columns in which a kind of key may stand; each has its index.
_COLUMNS: dict[Kind, tuple[str, ...]] = {
    Kind.ORDER_NO: ("order_no",),
    Kind.PLATFORM_NO: ("platform_no", "waybill"),
    Kind.WAYBILL: ("waybill", "platform_no"),
    Kind.MOBILE: ("mobile", "telephone"),
    Kind.MOBILE_MASKED: ("mobile",),
    Kind.LAST4: ("mobile_tail",),
    Kind.QQ: ("buyer_account",),
    Kind.WANGWANG: ("buyer_account",),
    Kind.NAME: ("consignee",),
}


def all_of(reading: Reading, where: Q | None) -> tuple[list[Order], tuple[str, ...], str]:
    """The orders of all pieces, newest first; the pieces that found none; what is to be said."""
    rows: dict[int, Order] = {}
    known: set[str] = set()
    for column, keys in _by_column(reading.pieces):
        for key, order in _found(column, keys, where):
            rows[order.pk] = order
            known.add(key)
    missing = tuple(piece.shown for piece in reading.pieces if piece.key not in known)
    newest = sorted(_surviving(rows), key=lambda order: (order.ordered_at, order.pk), reverse=True)
    return newest[:MOST], missing, NOT_ALL if len(newest) > MOST else ""


def _surviving(rows: dict[int, Order]) -> Iterable[Order]:
    """Each order, or the one that it was merged into (SOP 2.b); only those are asked for apart."""
    into = {order.merged_into_id for order in rows.values() if order.merged_into_id}
    if not into:
        return rows.values()
    whole = Order.objects.filter(pk__in=into)
    alone = {pk: order for pk, order in rows.items() if not order.merged_into_id}
    return (alone | {order.pk: order for order in whole}).values()


def _by_column(pieces: Iterable[Reading]) -> list[tuple[str, set[str]]]:
    columns: dict[str, set[str]] = {}
    for piece in pieces:
        for column in _COLUMNS.get(piece.kind, ()):
            columns.setdefault(column, set()).add(piece.key)
    return list(columns.items())


def _found(column: str, keys: set[str], where: Q | None) -> Iterator[tuple[str, Order]]:
    """Each key with its orders, in the order of the column's index: no more than are shown."""
    equal = Order.objects.filter(**{f"{column}__in": keys}).exclude(**{column: ""})
    for order in _some(equal, column, where):
        yield getattr(order, column), order
    if column == "waybill":
        yield from _led_to(OldWaybill.objects.filter(number__in=keys), "order", "number", where)
    if column == "buyer_account":
        yield from _led_to(BuyerAccount.objects.filter(account__in=keys), "buyer", "account", where)


def _led_to(rows: QuerySet[Any], to: str, key: str, where: Q | None) -> Iterator[tuple[str, Order]]:
    """The orders to which other rows lead: old waybills, a buyer's accounts."""
    keys: dict[int, list[str]] = {}
    for pk, value in rows.values_list(f"{to}_id", key)[:MOST]:
        keys.setdefault(pk, []).append(value)
    column = "id" if to == "order" else f"{to}_id"
    for order in _some(Order.objects.filter(**{f"{column}__in": keys}), column, where):
        yield from ((value, order) for value in keys[getattr(order, column)])


def _some(orders: QuerySet[Order], column: str, where: Q | None) -> QuerySet[Order]:
    """At most what is shown, along the index; filters look through `REACH` rows at most."""
    orders = orders.order_by(column)
    if where:
        orders = Order.objects.filter(where, pk__in=orders.values("pk")[:REACH])
    return orders[: MOST + 1]
