"""Orders in the warehouse's hands, with a parcel that stands where a test wants it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.utils import timezone

from orders.factories import OrderFactory
from orders.models import Order
from staff.models import User
from warehouse.models import Parcel, Scan, Wave
from warehouse.words import ParcelState, WaveKind

P = ParcelState
_ORDER_IN = {P.PICKING: "picking", P.PICKED: "picking", P.VERIFIED: "picking"}
_ORDER_IN |= {P.PACKED: "packed", P.WEIGHED: "packed", P.SHIPPED: "shipped"}
WALK = [P.QUEUED, P.PICKING, P.PICKED, P.VERIFIED, P.PACKED, P.WEIGHED, P.SHIPPED]


def in_the_warehouse(state: ParcelState = P.PICKING, **values: Any) -> tuple[Order, Parcel]:
    """A released order and its parcel in this state."""
    now = timezone.now()
    about = {"released_at": now, "state": _ORDER_IN.get(state, "paid")} | values
    order = OrderFactory.create(**about)
    return order, parcel_of(order, state, now)


def parcel_of(order: Order, state: ParcelState, now: datetime) -> Parcel:
    """A parcel brought to a state by its own steps."""
    with OrderFactory.act():
        wave, _ = Wave.objects.get_or_create(
            number="W000001", defaults={"kind": WaveKind.SINGLE.value, "made_at": now}
        )
        parcel = Parcel(
            number=f"P{order.pk:08d}",
            order=order,
            wave=wave,
            made_at=now,
            carrier=order.carrier,
            waybill=order.waybill,
            delivery=order.delivery,
        )
        _walk(parcel, state, now)
        parcel.save()
    return parcel


def _walk(parcel: Parcel, state: ParcelState, now: datetime) -> None:
    steps: list[Callable[[], Any]] = [
        parcel.begin,
        lambda: parcel.pick(now),
        lambda: parcel.verify(now),
        lambda: parcel.pack(now, "BOX-1"),
        lambda: parcel.weigh(now, 500),
        lambda: parcel.ship(now),
    ]
    for step in steps[: WALK.index(state)]:
        step()


def scanned(parcel: Parcel, user: User, station: str = "verify") -> Scan:
    """The parcel was scanned at a station."""
    return Scan.objects.create(
        token=uuid.uuid4(),
        station=station,
        parcel=parcel,
        code=parcel.number,
        outcome="right",
        answer="",
        by=user,
        at=timezone.now(),
    )
