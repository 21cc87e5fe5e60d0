"""A parcel as the stations see it, with what its policy needs to know."""

from __future__ import annotations

import math
from typing import Any

from django.db.models import QuerySet

from orders.models import Hold, Order
from orders.words import OrderState, Stop
from warehouse.models import Parcel, ParcelLine
from warehouse.policy import ParcelFacts, Size, Wanted
from warehouse.words import ParcelState

BEGUN = (OrderState.PICKING, OrderState.PACKED)
GONE = (OrderState.SHIPPED, OrderState.RECEIVED, OrderState.COMPLETED, OrderState.CLOSED)


def parcels_of(user: Any) -> QuerySet[Parcel]:
    """The parcels of the shops that this person works for, with order and shop."""
    parcels = Parcel.objects.select_related("order__shop")
    if user.shop_codes:
        parcels = parcels.filter(order__shop__code__in=user.shop_codes)
    return parcels


def open_holds(order_id: int) -> list[Hold]:
    """What bars the order now; a stop that came too late bars it no more (architecture §4)."""
    held = Hold.objects.filter(order_id=order_id, state="open")
    return list(held.exclude(stop=Stop.TOO_LATE.value).order_by("id"))


def facts_of(parcel: Parcel, order: Order, holds: list[Hold] | None = None) -> ParcelFacts:
    """What a policy needs to know of a parcel and its order."""
    holds = open_holds(order.pk) if holds is None else holds
    asking = next((hold for hold in holds if hold.stop == Stop.ASKED), None)
    ours = parcel.shipped_at is not None
    return ParcelFacts(
        number=parcel.number,
        order_no=order.order_no,
        state=ParcelState(parcel.state),
        begun=order.state in BEGUN,
        gone=order.state in GONE and not ours,
        bars=tuple(hold.get_kind_display() for hold in holds),
        asked=f"{asking.by_name}：{asking.reason}" if asking else "",
        stopped_why=parcel.stopped_why,
    )


def lines_of(parcel: Parcel) -> list[ParcelLine]:
    """Its goods in the order of the shelf walk."""
    return list(parcel.lines.select_related("sku").order_by("sku__shelf", "id"))


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
