"""The demo's warehouse: boxes and prices, badges, waves, and parcels at every stage."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from core.acts import TIMER, Actor, act_on
from orders.models import Order, Shop
from orders.services.seed.demo.stage import Stage
from orders.words import OrderState
from staff.models import User
from staff.services.badges import give_badge
from warehouse.models import Box, FreightPrice, Parcel, ParcelLine, ShopPacking, Wave
from warehouse.selectors.waves import Asked
from warehouse.services.waves import begin_wave, make_wave
from warehouse.words import ParcelState, WaveKind

P = ParcelState
PIN = "1234"
BADGES = {"warehouse": "0001", "warehouse2": "0002", "logistics": "0003"}
NEAR = ["浙江", "江苏", "上海", "安徽"]
# Where the orders that were begun stand now, in turn.
STANDING = {
    OrderState.PICKING: (P.PICKING, P.PICKED, P.PICKED, P.VERIFIED),
    OrderState.PACKED: (P.PACKED, P.WEIGHED, P.PACKED),
}


def play(stage: Stage) -> None:
    """After the orders: what lies on the benches."""
    now = stage.now
    rows: list[Order] = []
    with act_on("seed", rows, by=TIMER, now=now):
        _tables()
        _begun(now - timedelta(hours=2))
    for username, code in BADGES.items():
        if user := User.objects.filter(username=username).first():
            give_badge(user, code, PIN)
    _waves(now)


def _tables() -> None:
    """Three boxes, two carriers, and the shops' usual one."""
    sizes = [("1", "360×270×80", 80, 1000, 3), ("2", "400×300×160", 180, 3000, 8)]
    sizes += [("3", "450×350×250", 320, 9000, 24)]
    for number, inside, own, most_g, pieces in sizes:
        Box.objects.create(
            code=f"BOX-{number}",
            name=f"{number} 号纸箱",
            inside=inside,
            weight_g=own,
            most_g=most_g,
            most_pieces=pieces,
            materials="气泡袋 1、封箱带",
        )
    for carrier, near, far in (
        ("YTO", "4.50", "7.00"),
        ("ZTO", "4.20", "6.80"),
        ("SF", "12", "18"),
    ):
        for zone, provinces, price in (("江浙沪皖", NEAR, near), ("其他", [], far)):
            FreightPrice.objects.create(
                carrier=carrier,
                zone=zone,
                provinces=provinces,
                first_price=Decimal(price),
                step_price=Decimal(price) / 2,
            )
    for shop in Shop.objects.all():
        ShopPacking.objects.create(shop=shop, carrier="YTO")


def _begun(at: datetime) -> None:
    """Parcels for the orders that the demo says are in the warehouse's hands."""
    wave = Wave(number="W900001", kind=WaveKind.MULTI.value, made_at=at)
    wave.begin()
    wave.begun_at, wave.taken_by = at, User.objects.filter(username="warehouse").first()
    wave.save()
    slot = 0
    for state, standing in STANDING.items():
        orders = Order.objects.filter(state=state.value, is_top_up=False).order_by("id")
        for number, order in enumerate(orders):
            slot += 1
            _parcel(order, wave, slot, standing[number % len(standing)], at)


def _parcel(order: Order, wave: Wave, slot: int, state: ParcelState, at: datetime) -> None:
    lines = [line for line in order.lines.select_related("sku") if line.sku is not None]
    parcel = Parcel(
        number=f"P9{order.pk:07d}",
        order=order,
        wave=wave,
        slot=slot,
        delivery=order.delivery,
        carrier=order.carrier or "YTO",
        expected_g=sum(line.sku.weight_g * line.quantity for line in lines if line.sku),
        ship_by=order.ship_by,
        made_at=at,
    )
    _walk(parcel, state, at)
    parcel.save()
    picked, verified = state != P.PICKING, state not in (P.PICKING, P.PICKED)
    ParcelLine.objects.bulk_create(
        ParcelLine(
            parcel=parcel,
            line=line,
            sku_id=line.sku_id or 0,
            quantity=line.quantity,
            picked=line.quantity if picked else 0,
            verified=line.quantity if verified else 0,
        )
        for line in lines
    )


def _walk(parcel: Parcel, to: ParcelState, at: datetime) -> None:
    steps = [
        (P.PICKING, parcel.begin),
        (P.PICKED, lambda: parcel.pick(at)),
        (P.VERIFIED, lambda: parcel.verify(at)),
        (P.PACKED, lambda: parcel.pack(at, "BOX-2")),
        (P.WEIGHED, lambda: parcel.weigh(at, parcel.expected_g + 190)),
    ]
    for state, step in steps:
        step()
        if state is to:
            return


def _waves(now: datetime) -> None:
    """One wave with its list taken, one that waits; the other released orders wait for theirs."""
    user = User.objects.filter(username="warehouse").first()
    if user is None:
        return
    by = Actor.person(user)
    asks: Sequence[Asked] = [Asked(kind=WaveKind.SINGLE.value, most=4), Asked(most=3)]
    for number, asked in enumerate(asks):
        wave = make_wave(user, asked, by=by, now=now - timedelta(minutes=40))
        if number == 0:
            begin_wave(wave, by=by, now=now - timedelta(minutes=30))
