"""Made-up waves and parcels, for tests and the demo: by the acts themselves."""

from __future__ import annotations

import uuid
from datetime import datetime
from functools import partial

from core.acts import Actor
from orders.factories import OrderFactory
from orders.models import Order
from staff.models import User
from stock.models import Sku
from warehouse.models import Box, Parcel, ParcelLine, Scan, Wave
from warehouse.selectors.waves import Asked
from warehouse.services.pick import pick_list
from warehouse.services.scan import scan
from warehouse.services.scanned import Scanned
from warehouse.services.waves import begin_wave, make_wave
from warehouse.words import ParcelState, Station


def boxes() -> None:
    """Two boxes."""
    with OrderFactory.act():
        for number, (most_g, most_pieces, own_g) in enumerate(
            [(1000, 3, 80), (6000, 20, 250)], start=1
        ):
            Box.objects.get_or_create(
                code=f"BOX-{number}",
                defaults={
                    "name": f"{number} 号箱",
                    "weight_g": own_g,
                    "most_g": most_g,
                    "most_pieces": most_pieces,
                },
            )


def released(lines: list[tuple[Sku, int]] | None = None, **values: object) -> Order:
    """A paid order that was handed to the warehouse, by 圆通."""
    return OrderFactory.create(**{"released": True, "carrier": "YTO", "lines": lines, **values})


def wave_of(user: User, now: datetime, **asked: object) -> Wave:
    """A wave of all that waits."""
    return make_wave(user, Asked(**asked), by=Actor.person(user), now=now)  # type: ignore[arg-type]


def begun(user: User, now: datetime, **asked: object) -> list[Parcel]:
    """The parcels of a wave whose list was taken."""
    wave = wave_of(user, now, **asked)
    begin_wave(wave, by=Actor.person(user), now=now)
    return list(Parcel.objects.filter(wave=wave).select_related("order").order_by("slot"))


def picked(user: User, now: datetime, **asked: object) -> list[Parcel]:
    """The parcels of a wave that was picked."""
    parcels = begun(user, now, **asked)
    if parcels and parcels[0].wave:
        pick_list(parcels[0].wave, by=Actor.person(user), now=now)
    return parcels


WALK = (
    *(ParcelState.QUEUED, ParcelState.PICKING, ParcelState.PICKED, ParcelState.VERIFIED),
    *(ParcelState.PACKED, ParcelState.WEIGHED, ParcelState.SHIPPED),
)


def parcel_at(order: Order, state: ParcelState, at: datetime, **values: object) -> Parcel:
    """A parcel of an order, walked to a state by its own steps, inside a running act.

    Without the acts of the stations: the order stands where it shall stand already.
    """
    parcel = Parcel(
        number=f"P8{order.pk:07d}",
        order=order,
        made_at=at,
        carrier=order.carrier,
        waybill=order.waybill,
        delivery=order.delivery,
        ship_by=order.ship_by,
        expedited=order.expedited,
        **values,
    )
    steps = (
        parcel.begin,
        partial(parcel.pick, at),
        partial(parcel.verify, at),
        partial(parcel.pack, at, "BOX-1"),
        partial(parcel.weigh, at, 500),
        partial(parcel.ship, at),
    )
    for step in steps[: WALK.index(state)]:
        step()
    parcel.save()
    if state is not ParcelState.QUEUED:
        _goods(parcel, order)
    return parcel


def _goods(parcel: Parcel, order: Order) -> None:
    """Its goods, counted as far as it came."""
    taken = WALK.index(ParcelState(parcel.state))
    ParcelLine.objects.bulk_create(
        ParcelLine(
            parcel=parcel,
            line=line,
            sku=line.sku,
            quantity=line.quantity,
            picked=line.quantity if taken >= WALK.index(ParcelState.PICKED) else 0,
            verified=line.quantity if taken >= WALK.index(ParcelState.VERIFIED) else 0,
        )
        for line in order.lines.select_related("sku").order_by("id")
        if line.sku is not None and not line.sku.is_top_up
    )


class Bench:
    """A station with a scanner: `bench("P00000001")` is one scan; the parcel stays in hand."""

    def __init__(self, station: Station, user: User, now: datetime) -> None:
        self.station, self.user, self.now = station, user, now
        self.parcel: Parcel | None = None
        self.wave: Wave | None = None

    def __call__(self, text: str, token: uuid.UUID | None = None) -> Scan:
        in_hand = self.parcel.number if self.parcel else ""
        wave = self.wave and Wave.objects.get(pk=self.wave.pk)
        key = token or uuid.uuid4()
        done = scan(Scanned(self.station, text, key, self.user, self.now, in_hand, wave))
        if self.station is not Station.PICK:
            self.parcel = done.parcel
        return done
