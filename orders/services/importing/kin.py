"""Orders of ours that share a platform number after splits and merges (SOP 0, 1.3.d, 2.b).

What the platform says of one number concerns each parcel that has goods of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Q, Sum

from core.bulk import find
from core.money import ZERO
from orders.models import Order, Payment, Shop
from orders.words import PayerSide


@dataclass(slots=True, eq=False)
class Kin:
    """The others, locked like the order itself.

    `survivor`: what the order was merged into. `parts`: other parcels with goods of its number.
    `carries`: the orders whose goods it ships beside its own; for looking at only.
    """

    survivor: Order | None = None
    parts: list[Order] = field(default_factory=list)
    carries: list[Order] = field(default_factory=list)

    @property
    def holders(self) -> list[Order]:
        """Everything but the order itself that has goods of its number."""
        return ([self.survivor] if self.survivor else []) + self.parts


NOBODY = Kin()


def here(shop: Shop, numbers: Sequence[str]) -> tuple[dict[str, Order], dict[int, Kin]]:
    """The orders that are here already, by number, and the kin of those that have some.

    All locked in one order by id, as an act locks them. Of a split number: the first part.
    """
    # By number alone: with the shop in the condition, stale statistics make the planner read all
    # orders of the shop for each chunk.
    rows = [row for row in _by_number(numbers) if row.shop == shop.pk]
    first = {row.id for row in rows if row.part == 0}
    others = _others(rows)
    locked = _locked(first | others)
    orders = {order.platform_no: order for order in locked.values() if order.pk in first}
    if not others and not any(order.parted for order in orders.values()):
        return orders, {}
    return orders, _kin(orders.values(), locked)


@dataclass(frozen=True, slots=True)
class _Row:
    id: int
    shop: int
    part: int
    parted: bool
    merged_into: int | None


_NAMES = ("id", "shop_id", "part", "parted", "merged_into_id")


def _by_number(numbers: Sequence[str]) -> list[_Row]:
    found = find(Order, "platform_no", numbers, *_NAMES)
    return [_Row(key, shop, part, bool(parted), into) for key, shop, part, parted, into in found]


def _others(rows: Iterable[_Row]) -> set[int]:
    """The ids of parts, of what parts and orders were merged into, and of their parts."""
    parted = [row for row in rows if row.parted]
    ids = {row.id for row in parted} | {row.merged_into for row in parted if row.merged_into}
    into = [row.merged_into for row in parted if row.merged_into]
    if into:
        numbers = [number for (number,) in find(Order, "id", into, "platform_no")]
        more = [row for row in _by_number(numbers) if row.parted]
        ids |= {row.id for row in more} | {row.merged_into for row in more if row.merged_into}
    return {key for key in ids if key}


def _locked(ids: Iterable[int]) -> dict[int, Order]:
    wanted = list(ids)
    if not wanted:
        return {}
    rows = Order.objects.filter(id__in=wanted).select_related("shop")
    locked = rows.select_for_update(no_key=True, of=("self",)).order_by("id")
    return {order.pk: order for order in locked}


def _kin(orders: Iterable[Order], locked: dict[int, Order]) -> dict[int, Kin]:
    parted = [order for order in orders if order.parted]
    carried: dict[int, list[Order]] = {}
    for row in Order.objects.filter(merged_into__in=[order.pk for order in parted]):
        carried.setdefault(row.merged_into_id or 0, []).append(row)
    return {order.pk: _kin_of(order, locked, carried.get(order.pk, [])) for order in parted}


def _kin_of(order: Order, locked: dict[int, Order], carries: list[Order]) -> Kin:
    survivor = locked.get(order.merged_into_id) if order.merged_into_id else None
    numbers = {(o.shop_id, o.platform_no) for o in (order, survivor) if o is not None}
    parts: dict[int, Order] = {}
    for row in locked.values():
        if (row.shop_id, row.platform_no) in numbers:
            holder = locked.get(row.merged_into_id, row) if row.merged_into_id else row
            parts[holder.pk] = holder
    for gone in (order, survivor):
        if gone is not None:
            parts.pop(gone.pk, None)
    return Kin(survivor, list(parts.values()), carries)


def paid_there(order: Order, kin: Kin) -> Decimal:
    """What is known to be paid for the platform's number, wherever its shares are now, yuan."""
    if kin is NOBODY:
        known: Decimal = order.paid
        return known
    shares = Payment.objects.filter(reversed=False, side=PayerSide.BUYER.value)
    mine = shares.filter(Q(came_with=order.pk) | Q(order=order.pk, came_with=None))
    total: Any = mine.aggregate(total=Sum("amount"))["total"]
    return Decimal(total or ZERO)


def platform_paid_there(order: Order, kin: Kin) -> Decimal:
    """What the platform paid for the number: rather too much than too little, yuan."""
    known: Decimal = order.paid_by_platform
    return sum((each.paid_by_platform for each in kin.holders), known)
