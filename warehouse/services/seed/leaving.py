"""The demo's warehouse: a parcel to stop, and some that wait to leave."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from core.acts import act_on
from orders.models import Order
from orders.services.intercept import ask_stop
from orders.services.seed.demo.stage import Stage, enter
from orders.words import Delivery, OrderState
from warehouse.factories import parcel_at
from warehouse.services.leave import tell_pickup_code
from warehouse.words import ParcelState

S, P = OrderState, ParcelState


def play(stage: Stage) -> None:
    """After the benches: what is asked of the warehouse, and its last steps."""
    _to_stop(stage)
    _to_leave(stage)


def _to_stop(stage: Stage) -> None:
    """An open intercept: the buyer wants another address, the goods are being picked."""
    held = Order.objects.filter(state=S.PICKING.value, holds__isnull=True, masked=False)
    order = held.order_by("id").first()
    if order is not None:
        ask_stop(order, "改收货信息：要寄到公司", by=stage.by("agent"), now=stage.ago(minutes=20))


def _to_leave(stage: Stage) -> None:
    """For the customer, for the freight company, for the carrier; one is late."""
    pick_up = _ready(stage, 5, P.WEIGHED, delivery=Delivery.PICKUP.value)
    tell_pickup_code(pick_up, by=stage.by("agent"), now=stage.ago(hours=1))
    _ready(stage, 7, P.WEIGHED, delivery=Delivery.FREIGHT.value)
    for hours, waybill in ((30, "YT8800112233001"), (9, "YT8800112233002")):
        _ready(stage, hours, P.SHIPPED, carrier="YTO", waybill=waybill)


def _ready(stage: Stage, hours: float, state: ParcelState, **values: Any) -> Order:
    at: datetime = stage.ago(hours=hours)
    reached = S.SHIPPED if state is P.SHIPPED else S.PACKED
    about = {"shipped_at": at, "handed_over_at": None} if state is P.SHIPPED else {}
    order = enter(stage, "tel", stage.ago(hours=hours + 5), reached, **about | values)
    with act_on("seed", [order], by=stage.by("warehouse"), now=at) as (_, log):
        parcel_at(order, state, at)
        log.noted("备好了")
    return Order.objects.get(pk=order.pk)
