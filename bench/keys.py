"""What people type: keys of every kind, drawn from the orders that there are."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from random import Random

from django.db.models import Max, Min

from orders.models import BuyerAccount, Note, Order
from orders.words import AccountKind

PASTED = 10  # numbers at once
PAGE = 20  # rows


@dataclass(frozen=True, slots=True)
class Query:
    """What is typed, and what the floor looks for instead: the same rows by one index."""

    typed: str
    keys: tuple[str, ...]


def draw(count: int, seed: int = 1) -> dict[str, list[Query]]:
    """`count` different queries of each kind; fewer where the data has not so many."""
    rng = Random(seed)
    orders = sample(rng, count * 12)
    rng.shuffle(orders)
    return {kind: _take(find(rng, orders), count) for kind, find in _KINDS.items()}


def sample(rng: Random, count: int) -> list[Order]:
    """Some orders at random, newest and oldest alike."""
    ends = Order.objects.aggregate(first=Min("id"), last=Max("id"))
    every = range(ends["first"], ends["last"] + 1)
    return list(Order.objects.filter(pk__in=rng.sample(every, min(count, len(every)))))


def _take(found: Iterable[Query], count: int) -> list[Query]:
    different: dict[str, Query] = {}
    for query in found:
        different.setdefault(query.typed, query)
        if len(different) == count:
            break
    return list(different.values())


Find = Callable[[Random, list[Order]], Iterable[Query]]


def _column(name: str) -> Find:
    def find(rng: Random, orders: list[Order]) -> Iterable[Query]:
        values = (getattr(order, name) for order in orders if not order.masked)
        return (Query(value, (value,)) for value in values if value)

    return find


def _qq(rng: Random, orders: list[Order]) -> Iterable[Query]:
    buyers = [order.buyer_id for order in orders]
    found = BuyerAccount.objects.filter(kind=AccountKind.QQ, buyer__in=buyers)
    return (Query(key, (key,)) for key in found.values_list("account", flat=True))


def _name(rng: Random, orders: list[Order]) -> Iterable[Query]:
    """Names that fill a page: ten times the orders, and as many rows are shown."""
    for query in _column("consignee")(rng, orders):
        hits = Order.objects.filter(consignee=query.typed).order_by()
        if len(hits.values("pk")[:PAGE]) == PAGE:
            yield query


def _prefix(rng: Random, orders: list[Order]) -> Iterable[Query]:
    """The beginning of a name that is nobody's whole name: of long ones, one order in a hundred."""
    found = Order.objects.filter(consignee__contains="·").values_list("consignee", flat=True)
    names = sorted(set(found.order_by()))
    for name in rng.sample(names, len(names)):
        for size in (3, name.index("·") + 2, len(name) - 1):
            yield Query(name[:size], (name[:size],))


def _several(rng: Random, orders: list[Order]) -> Iterable[Query]:
    for start in range(0, len(orders) - PASTED, PASTED):
        pasted = orders[start : start + PASTED]
        typed = "\n".join(order.platform_no for order in pasted)
        yield Query(typed, tuple(order.order_no for order in pasted))


def _contains(rng: Random, orders: list[Order]) -> Iterable[Query]:
    """Rare and common pieces of addresses, messages and notes; the floor knows where they stand."""
    for order in orders:
        if order.masked:
            continue
        if piece := _piece(rng, order):
            yield Query(f"含 {piece}", _where(piece))


def _piece(rng: Random, order: Order) -> str:
    kind = rng.random()
    if kind < 0.5:
        return order.street[-12:]  # 锦绣花园5栋2单元1203室
    if kind < 0.8:
        return order.street[:6]  # 中山路12号
    if kind < 0.9:
        return re.split("[，]", order.buyer_message)[0]
    note = order.notes.first()
    return note.text[-10:].strip() if note else ""


def _where(piece: str) -> tuple[str, ...]:
    found = set(Order.objects.filter(street__contains=piece).values_list("pk", flat=True)[:20])
    if not found:
        found |= set(Note.objects.filter(text__contains=piece).values_list("order", flat=True)[:20])
    if not found:
        found |= set(
            Order.objects.filter(buyer_message__contains=piece).values_list("pk", flat=True)[:20]
        )
    return tuple(str(pk) for pk in found)


_KINDS: dict[str, Find] = {
    "order_no": _column("order_no"),
    "platform_no": _column("platform_no"),
    "mobile": _column("mobile"),
    "last4": _column("mobile_tail"),
    "waybill": _column("waybill"),
    "qq": _qq,
    "wangwang": _column("buyer_account"),
    "name": _name,
    "prefix": _prefix,
    "several": _several,
    "contains": _contains,
}
