"""Make a wave, and begin it: from then on its orders cannot simply be taken back (SOP 2.c)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import models

from core import bulk
from core.acts import Actor, Change, act_on, lock_all, lock_found, together
from core.models import Act
from core.sweeping import locked as unlocked_now
from core.verdict import no
from orders.models import Order, OrderLine
from warehouse import policy
from warehouse.models import Parcel, ParcelLine, ShopPacking, Wave
from warehouse.selectors.parcels import facts_of, read_bars
from warehouse.selectors.waves import MOST, Asked, to_pick
from warehouse.words import ParcelState, WaveKind, WaveState


def make_wave(
    user: Any, asked: Asked, *, by: Actor, now: datetime, token: uuid.UUID | None = None
) -> Wave:
    """Queue a parcel for each order that fits, expedited first, in one wave (SOP 2.c).

    Raises Refused when no order fits, Repeated.
    """
    rows: list[models.Model] = []
    with act_on("make_wave", rows, by=by, now=now, token=token) as (_, log):
        orders = _take(user, asked)
        if not orders:
            no("2.c", "没有符合条件的订单。", instead="放宽条件，或等订单下发。").require()
        wave = _new_wave(asked, orders, now)
        _queue(wave, orders, now)
        log.about(wave)
        log.noted(f"建波次 {wave.number}：{len(orders)} 单", clause="2.c")
    return wave


def _take(user: Any, asked: Asked) -> list[Order]:
    """Locked, then asked again: a wave made a moment ago left a parcel, but no lock."""
    found = unlocked_now(to_pick(user, asked))[: min(asked.most, MOST)]
    return list(to_pick(user, asked).filter(pk__in=[order.pk for order in found]))


def _new_wave(asked: Asked, orders: Sequence[Order], now: datetime) -> Wave:
    (key,) = bulk.next_ids(Wave, 1)
    single = all(order.goods_count == 1 for order in orders)
    wave = Wave(
        id=key,
        number=f"W{key:06d}",
        kind=WaveKind.SINGLE if single else WaveKind.MULTI,
        carrier=asked.carrier,
        shop=orders[0].shop if asked.shop else None,
        zone=asked.zone,
        expedited=any(order.expedited for order in orders),
        made_at=now,
    )
    wave.save(force_insert=True)
    return wave


def _queue(wave: Wave, orders: Sequence[Order], now: datetime) -> None:
    ids = bulk.next_ids(Parcel, len(orders))
    usual = dict(ShopPacking.objects.values_list("shop_id", "carrier"))
    parcels = [
        Parcel(
            id=key,
            number=f"P{key:08d}",
            order=order,
            wave=wave,
            slot=slot,
            delivery=order.delivery,
            expedited=order.expedited,
            carrier=order.carrier or usual.get(order.shop_id, ""),
            ship_by=order.ship_by,
            made_at=now,
        )
        for slot, (key, order) in enumerate(zip(ids, orders, strict=True), start=1)
    ]
    bulk.insert(Parcel, parcels)


def begin_wave(wave: Wave, *, by: Actor, now: datetime, token: uuid.UUID | None = None) -> Act:
    """Print or take a wave's list: its orders are begun (SOP 2.c, 1.1.e).

    What was taken back or held meanwhile is left out: its parcel is stopped. When nothing of it was
    left it is finished. Raises Refused, Repeated.
    """
    with together():
        parcels = lock_found(Parcel.objects.filter(wave=wave, state=ParcelState.QUEUED.value))
        read_bars(parcels)
        fit = [parcel.order for parcel in parcels if _fits(parcel)]
        rows: list[models.Model] = [wave, *fit]
        with act_on("begin_wave", rows, by=by, now=now, token=token) as ((row, *begun), log):
            _begin(row, by, now)
            for order in begun:
                order.begin()  # type: ignore[attr-defined]
            _begin_parcels(parcels, {order.pk: order for order in begun}, now)
            if not begun:
                row.finish()  # type: ignore[attr-defined]
            log.changed([Change("状态", "已付款", "配货中")], *begun)
            log.noted(f"开始配货：波次 {wave.number}，{len(begun)} 单", clause="2.c")
    return log.act


def _begin(wave: Any, by: Actor, now: datetime) -> None:
    if wave.state != WaveState.OPEN:
        no(
            "2.c", f"波次 {wave.number} 已经开始配货了。", instead="要再打一份，按“重打”。"
        ).require()
    wave.begin()
    wave.taken_by_id, wave.begun_at = by.user_id, now


def _fits(parcel: Parcel) -> bool:
    order = parcel.order
    released = order.state == "paid" and order.released_at is not None
    return policy.may_begin(facts_of(parcel), released=released).allowed


def _begin_parcels(parcels: Sequence[Parcel], begun: dict[int, Any], now: datetime) -> None:
    """As the orders are now: taken back and edited since the wave was made, they may differ."""
    lines: dict[int, list[OrderLine]] = {}
    for line in (
        OrderLine.objects.filter(order__in=list(begun)).select_related("sku").order_by("id")
    ):
        lines.setdefault(line.order_id, []).append(line)
    goods: list[ParcelLine] = []
    for row in lock_all(parcels):
        if row.order_id not in begun:
            row.stop(now, "开始配货前已收回、挂起或关闭")
            continue
        row.begin()
        order = begun[row.order_id]
        row.delivery, row.carrier = order.delivery, order.carrier or row.carrier
        own = _goods(row, lines[row.order_id])
        weights = [line.sku.weight_g * line.quantity for line in own]
        row.expected_g = sum(weights) if all(weights) else 0
        goods += own
    ParcelLine.objects.bulk_create(goods)


def _goods(parcel: Parcel, lines: Sequence[OrderLine]) -> list[ParcelLine]:
    """What goes into the box; a line for a difference in price is no thing to pick."""
    return [
        ParcelLine(parcel=parcel, line=line, sku=line.sku, quantity=line.quantity)
        for line in lines
        if line.sku is not None and not line.sku.is_top_up
    ]
