"""A parcel as the stations see it, with what its policy needs to know."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet

from orders.models import Hold
from orders.words import OrderState, Stop
from warehouse.models import Parcel, ParcelLine
from warehouse.policy import ParcelFacts, Size, Wanted
from warehouse.words import ParcelState

BEGUN = (OrderState.PICKING, OrderState.PACKED)
GONE = (OrderState.SHIPPED, OrderState.RECEIVED, OrderState.COMPLETED, OrderState.CLOSED)


def seen_by(user: Any, number: str) -> Parcel | None:
    """The parcel of this number where the person may see it."""
    return parcels_of(user).filter(number=number.replace("\0", "")).first() if number else None


def parcels_of(user: Any) -> QuerySet[Parcel]:
    """The parcels of the shops that this person works for, with order and shop."""
    parcels = Parcel.objects.select_related("order__shop")
    if user.shop_codes:
        parcels = parcels.filter(order__shop__code__in=user.shop_codes)
    return parcels


def read_bars(parcels: Sequence[Parcel]) -> None:
    """What bars each of them, with one query."""
    held: defaultdict[int, list[Hold]] = defaultdict(list)
    orders = [parcel.order_id for parcel in parcels]
    for hold in Hold.barring().filter(order__in=orders).order_by("id"):
        held[hold.order_id].append(hold)
    for parcel in parcels:
        parcel.bars = held[parcel.order_id]


def facts_of(parcel: Parcel) -> ParcelFacts:
    """What a policy needs to know of a parcel and its order."""
    order = parcel.order
    asking = next((hold for hold in parcel.bars if hold.stop == Stop.ASKED), None)
    ours = parcel.shipped_at is not None
    return ParcelFacts(
        number=parcel.number,
        order_no=order.order_no,
        state=ParcelState(parcel.state),
        begun=order.state in BEGUN,
        gone=order.state in GONE and not ours,
        bars=tuple(hold.get_kind_display() for hold in parcel.bars),
        asked=f"{asking.by_name}：{asking.reason}" if asking else "",
        stopped_why=parcel.stopped_why,
    )


def wanted(lines: list[ParcelLine]) -> list[Wanted]:
    """The lines as the verify station counts them."""
    return [Wanted(line.sku.label, line.quantity, line.verified, line.to_check) for line in lines]


def size_of(lines: list[ParcelLine]) -> Size | None:
    """The room that the goods need; None where one of them has no size."""
    sides = [line.sku.sides_mm for line in lines]
    if not all(sides):
        return None
    volume = sum(math.prod(line.sku.sides_mm) * line.quantity for line in lines)
    return Size(volume, tuple(max(each) for each in zip(*sides, strict=True)))


def line_of(lines: list[ParcelLine], code: str) -> ParcelLine | None:
    """The line whose goods have this code or barcode; one that still needs a piece goes first."""
    typed = code.lower()
    found = [x for x in lines if typed in (x.sku.code.lower(), x.sku.barcode.lower())]
    return next((x for x in found if x.left_to_verify > 0), None) or next(iter(found), None)
