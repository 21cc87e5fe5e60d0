"""Put an order before the others, and back in its place (加急, SOP 2.c)."""

from __future__ import annotations

import uuid
from datetime import datetime

from core.acts import Actor, Change, lock
from core.models import Act
from orders import policy
from orders.models import Order
from orders.services.acting import order_act
from warehouse.models import Parcel, Wave
from warehouse.words import ParcelState, WaveState


def expedite(
    order: Order,
    *,
    by: Actor,
    now: datetime,
    seen: int | None = None,
    token: uuid.UUID | None = None,
) -> Act:
    """The warehouse does this order first, wherever its parcel stands by now (SOP 2.c).

    Raises Refused, Conflict, Repeated.
    """
    with order_act("expedite", order, by=by, seen=seen, token=token, now=now) as (order, log):
        policy.may_expedite(order.facts([])).require()
        _put(order, True)
        log.changed([Change("加急", "否", "是")])
        log.noted("加急", clause="2.c")
    return log.act


def unexpedite(
    order: Order,
    *,
    by: Actor,
    now: datetime,
    seen: int | None = None,
    token: uuid.UUID | None = None,
) -> Act:
    """It waits for its turn again (SOP 2.c). Raises Refused, Conflict, Repeated."""
    with order_act("unexpedite", order, by=by, seen=seen, token=token, now=now) as (order, log):
        policy.may_unexpedite(order.facts([])).require()
        _put(order, False)
        log.changed([Change("加急", "是", "否")])
        log.noted("取消加急", clause="2.c")
    return log.act


def _put(order: Order, first: bool) -> None:
    """On the order, its parcel and the parcel's wave, so that every list has it in its place."""
    order.expedited = first
    own = Parcel.objects.filter(order=order).exclude(state=ParcelState.STOPPED.value).first()
    if own is None:
        return
    parcel = lock(own)
    parcel.expedited = first
    if parcel.wave_id is None:
        return
    wave = lock(Wave(pk=parcel.wave_id))
    others = Parcel.objects.filter(wave=wave, expedited=True).exclude(pk=parcel.pk)
    wave.expedited = first or (wave.state != WaveState.DONE and others.exists())
