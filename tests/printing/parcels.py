"""A wave whose picking has begun, with parcels to print for."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from core.acts import TIMER, act_on
from orders.models import Order
from staff.factories import UserFactory
from warehouse.factories import released, wave_of
from warehouse.models import Parcel, Wave
from warehouse.services.waves import begin_wave


def queued(count: int = 2, **order: Any) -> Wave:
    """A wave by 圆通 whose list nobody has printed or taken yet."""
    for _ in range(count):
        released(**order)
    return wave_of(UserFactory.create(role="warehouse"), timezone.now())


def begun(count: int = 2, *, waybills: bool = True, **order: Any) -> tuple[Wave, list[Parcel]]:
    """A wave that is being picked, and its parcels in the order of their slots."""
    wave = queued(count, **order)
    begin_wave(wave, by=TIMER, now=timezone.now())
    parcels = list(Parcel.objects.filter(wave=wave).select_related("order__shop").order_by("slot"))
    if waybills:
        with act_on("seed", parcels, by=TIMER) as (rows, _):
            for row in rows:
                row.waybill = f"YT{9000000000000 + row.pk}"
    wave.refresh_from_db()
    return wave, list(
        Parcel.objects.filter(wave=wave).select_related("order__shop").order_by("slot")
    )


def stop(parcel: Parcel) -> None:
    with act_on("seed", [parcel], by=TIMER) as ((row,), _):
        row.stop(timezone.now(), "买家不要了")


def edit(order: Order, **values: Any) -> None:
    """Somebody edited the order just now."""
    with act_on("seed", [order], by=TIMER) as ((row,), _):
        for name, value in values.items():
            setattr(row, name, value)
        row.modified_at = timezone.now()


def picked(parcel: Parcel) -> Parcel:
    with act_on("seed", [parcel], by=TIMER) as ((row,), _):
        row.pick(timezone.now())
    return row
