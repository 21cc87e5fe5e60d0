"""Search: ask only the indexes that match what was typed (architecture §8, SOP 1.1.b, 1.6.b)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Prefetch, Q, QuerySet

from core.keyset import SIZE, Page, page
from orders.models import BuyerAccount, Hold, OldWaybill, Order
from orders.reading import Kind, Reading
from orders.selectors.filters import Filters, narrow
from orders.selectors.order import visible

RECENT = ("-ordered_at", "-id")
LAST = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class Found:
    """A page of orders, as what the text was read, and what else it may be."""

    page: Page[Order]
    reading: Reading | None
    others: tuple[Reading, ...] = ()
    by_prefix: bool = False
    missing: tuple[str, ...] = field(default=())

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
) -> Found:
    """The first reading that finds something; without a reading, the newest orders."""
    orders = narrow(listed(visible(user)), filters or Filters())
    if not readings:
        return Found(page(orders, RECENT, cursor, size), None)
    for reading in readings:
        found = _by(orders, reading, cursor, size)
        if found.page.rows:
            return _with_others(found, reading, readings)
    return _with_others(found, readings[0], readings)


def _with_others(found: Found, reading: Reading, readings: Sequence[Reading]) -> Found:
    others = tuple(r for r in readings if r is not reading)
    return Found(found.page, reading, others, found.by_prefix, found.missing)


def listed(orders: QuerySet[Order]) -> QuerySet[Order]:
    """With what a row of a list shows: shop and open holds; two queries whatever the page."""
    holds = Hold.objects.filter(state="open").order_by("opened_at")
    return orders.prefetch_related(Prefetch("holds", holds, to_attr="open_holds"))


def _by(orders: QuerySet[Order], reading: Reading, cursor: str, size: int) -> Found:
    if reading.kind == Kind.SEVERAL:
        return _several(orders, reading, size)
    for by_prefix, order, narrowed in _WAYS[reading.kind](orders, reading.key):
        rows = page(narrowed, order, cursor, size)
        if rows.rows:
            return Found(rows, reading, by_prefix=by_prefix)
    return Found(Page([], "", ""), reading)


Way = tuple[bool, Sequence[str], QuerySet[Order]]


def _exactly(column: str, *, prefix: bool = False) -> Callable[[QuerySet[Order], str], list[Way]]:
    """Equality on one index; then, where it helps, the prefix as a range of the same index."""

    def ways(orders: QuerySet[Order], key: str) -> list[Way]:
        found: list[Way] = [(False, RECENT, orders.filter(**{column: key}))]
        if prefix and len(key) >= 2:
            found.append((True, (f"-{column}", *RECENT), orders.filter(begins(column, key))))
        return found

    return ways


def begins(column: str, key: str) -> Q:
    """Begins with `key`, as a range that a byte-ordered index serves on both databases."""
    return Q(**{f"{column}__gte": key, f"{column}__lt": key + LAST})


def _order_no(orders: QuerySet[Order], key: str) -> list[Way]:
    return [
        (False, RECENT, orders.filter(order_no=key)),
        (True, ("-order_no",), orders.filter(begins("order_no", key))),
    ]


def _platform_no(orders: QuerySet[Order], key: str) -> list[Way]:
    found: list[Way] = [(False, RECENT, orders.filter(platform_no=key))]
    if len(key) >= 6:
        narrowed = orders.filter(begins("platform_no", key))
        found.append((True, ("-platform_no", "-id"), narrowed))
    return found


def _mobile(orders: QuerySet[Order], key: str) -> list[Way]:
    """The number itself; else orders whose platform masked it and that end alike."""
    return [
        (False, RECENT, orders.filter(mobile=key)),
        (False, RECENT, orders.filter(telephone=key))
        if "-" in key
        else (False, RECENT, orders.filter(mobile_tail=key[-4:], masked=True)),
    ]


def _masked_mobile(orders: QuerySet[Order], key: str) -> list[Way]:
    head, tail = key.split("*", 1)[0], key.rsplit("*", 1)[-1]
    narrowed = orders.filter(Q(mobile__startswith=head) | Q(masked=True), mobile_tail=tail[-4:])
    return [(False, RECENT, narrowed)]


def _waybill(orders: QuerySet[Order], key: str) -> list[Way]:
    old = OldWaybill.objects.filter(number=key).values_list("order_id", flat=True)[:50]
    return [
        *_exactly("waybill")(orders, key),
        (False, RECENT, orders.filter(pk__in=list(old))),
        *_exactly("waybill", prefix=True)(orders, key)[1:],
    ]


def _account(orders: QuerySet[Order], key: str) -> list[Way]:
    """The account that ordered, or any account known to be the same buyer's."""
    buyers = list(BuyerAccount.objects.filter(account=key).values_list("buyer_id", flat=True)[:50])
    same = Q(buyer_account=key) | Q(buyer__in=buyers) if buyers else Q(buyer_account=key)
    exact, *prefix = _exactly("buyer_account", prefix=True)(orders, key)
    return [(exact[0], exact[1], orders.filter(same)), *prefix]


def _name(orders: QuerySet[Order], key: str) -> list[Way]:
    """The name; else one that begins so, or a masked name whose visible characters agree."""
    if "*" in key:
        return [(True, RECENT, _like_mask(orders, key))]
    exact, *prefix = _exactly("consignee", prefix=True)(orders, key)
    masks = (False, RECENT, orders.filter(consignee__in=masks_of(key), masked=True))
    return [exact, *prefix, masks]


def masks_of(name: str) -> list[str]:
    """The ways in which platforms mask a name: 陈**, 陈*, 陈*生, **生."""
    if len(name) < 2:
        return []
    first, last, stars = name[0], name[-1], "*" * (len(name) - 1)
    middle = "*" * max(len(name) - 2, 1)
    return [first + stars, f"{first}*", f"{first}**", f"{first}{middle}{last}", stars + last]


def _like_mask(orders: QuerySet[Order], key: str) -> QuerySet[Order]:
    """`陈*生` finds 陈建生 and 陈*生: range by the visible head, then the tail."""
    head, tail = key.split("*", 1)[0], key.rsplit("*", 1)[-1]
    narrowed = orders.filter(begins("consignee", head)) if head else orders
    return narrowed.filter(consignee__endswith=tail) if tail else narrowed


def _contains(orders: QuerySet[Order], key: str) -> list[Way]:
    """Asked for explicitly: anywhere in notes, messages, memo, address or name.

    Trigram indexes serve it on PostgreSQL from 3 characters.
    """
    columns = ("consignee", "buyer_account", "street", "buyer_message", "seller_memo")
    anywhere = Q(notes__text__contains=key)
    for column in columns:
        anywhere |= Q(**{f"{column}__contains": key})
    ids = orders.filter(anywhere).order_by().values_list("pk", flat=True).distinct()[:1000]
    return [(False, RECENT, orders.filter(pk__in=list(ids)))]


_WAYS: dict[Kind, Callable[[QuerySet[Order], str], list[Way]]] = {
    Kind.ORDER_NO: _order_no,
    Kind.PLATFORM_NO: _platform_no,
    Kind.MOBILE: _mobile,
    Kind.MOBILE_MASKED: _masked_mobile,
    Kind.LAST4: _exactly("mobile_tail"),
    Kind.WAYBILL: _waybill,
    Kind.QQ: _account,
    Kind.WANGWANG: _account,
    Kind.NAME: _name,
    Kind.CONTAINS: _contains,
}


def _several(orders: QuerySet[Order], reading: Reading, size: int) -> Found:
    """Several numbers at once: all of them, each by its equal keys, in the order pasted."""
    columns: dict[str, set[str]] = {}
    for piece in reading.pieces:
        for column in _COLUMNS.get(piece.kind, ()):
            columns.setdefault(column, set()).add(piece.key)
    rows: dict[int, Order] = {}
    for column, keys in columns.items():
        for order in orders.filter(**{f"{column}__in": keys}).order_by(*RECENT)[:500]:
            rows[order.pk] = order
    shown = sorted(rows.values(), key=lambda o: (o.ordered_at, o.pk), reverse=True)
    values = {getattr(o, column) for o in shown for column in columns}
    missing = tuple(p.key for p in reading.pieces if p.key not in values)
    return Found(Page(shown, "", ""), reading, missing=missing)


_COLUMNS: dict[Kind, tuple[str, ...]] = {
    Kind.ORDER_NO: ("order_no",),
    Kind.PLATFORM_NO: ("platform_no", "waybill"),
    Kind.WAYBILL: ("waybill", "platform_no"),
    Kind.MOBILE: ("mobile",),
    Kind.QQ: ("buyer_account",),
    Kind.WANGWANG: ("buyer_account",),
    Kind.NAME: ("consignee",),
}
