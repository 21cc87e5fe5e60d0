"""Orders in the warehouse's hands, with a parcel that stands where a test wants it."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.utils import timezone

from orders.factories import OrderFactory
from orders.models import Order
from staff.models import User
from warehouse.factories import parcel_at
from warehouse.models import Parcel, Scan, Wave
from warehouse.words import ParcelState, WaveKind

P = ParcelState
_ORDER_IN = {P.PICKING: "picking", P.PICKED: "picking", P.VERIFIED: "picking"}
_ORDER_IN |= {P.PACKED: "packed", P.WEIGHED: "packed", P.SHIPPED: "shipped"}


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
        return parcel_at(order, state, now, wave=wave)


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
