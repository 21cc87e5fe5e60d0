"""Waves: which orders wait for one, the board, and a wave's list by the shelf walk (SOP 2.c)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from orders.models import Hold, Order, OrderLine
from orders.selectors.order import visible
from orders.words import OrderState
from warehouse.models import Parcel
from warehouse.words import ParcelState, WaveKind

MOST = 200
USUAL = 40


@dataclass(frozen=True, slots=True)
class Asked:
    """Which orders a wave shall have. `before`: those that must have left by then."""

    carrier: str = ""
    shop: str = ""
    kind: str = ""
    zone: str = ""
    before: datetime | None = None
    expedited: bool = False
    most: int = USUAL


def to_pick(user: Any, asked: Asked) -> QuerySet[Order]:
    """Released orders without an open hold and without a parcel: expedited first, then by promise.

    An order with goods that no SKU stands for cannot be picked: see `without_sku`.
    """
    orders = _waiting(user).filter(~Exists(_unknown_goods()))
    if asked.carrier:
        orders = orders.filter(carrier=asked.carrier)
    if asked.shop:
        orders = orders.filter(shop__code=asked.shop)
    if asked.kind:
        single = Q(goods_count=1)
        orders = orders.filter(single if asked.kind == WaveKind.SINGLE else ~single)
    if asked.zone:
        elsewhere = OrderLine.objects.filter(order=OuterRef("pk"))
        orders = orders.filter(~Exists(elsewhere.exclude(sku__shelf__startswith=f"{asked.zone}-")))
    if asked.before:
        orders = orders.filter(ship_by__lte=asked.before)
    if asked.expedited:
        orders = orders.filter(expedited=True)
    return in_turn(orders)


def in_turn(orders: QuerySet[Order]) -> QuerySet[Order]:
    """Expedited first, then what must leave first."""
    return orders.order_by("-expedited", F("ship_by").asc(nulls_last=True), "id")


def without_sku(user: Any) -> QuerySet[Order]:
    """Released orders that nobody can pick: a line names no product of ours."""
    return in_turn(_waiting(user).filter(Exists(_unknown_goods())))


def _waiting(user: Any) -> QuerySet[Order]:
    held = Hold.barring().filter(order=OuterRef("pk"))
    active = Parcel.objects.filter(order=OuterRef("pk")).exclude(state=ParcelState.STOPPED.value)
    released = visible(user).filter(
        state=OrderState.PAID.value, released_at__isnull=False, is_top_up=False
    )
    return released.filter(~Exists(held), ~Exists(active))


def _unknown_goods() -> QuerySet[OrderLine]:
    return OrderLine.objects.filter(order=OuterRef("pk"), sku__isnull=True)
