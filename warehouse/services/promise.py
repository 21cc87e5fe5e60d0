"""Agree with the customer on the day by which an order leaves (约定发货, SOP 5.h)."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from django.utils.timezone import localdate, localtime

from core.acts import Actor, Change, lock
from core.models import Act
from orders import policy
from orders.models import Order
from orders.policy import Contacted
from orders.services.acting import order_act
from warehouse.models import Parcel
from warehouse.words import ParcelState


def agree_ship_by(
    order: Order,
    day: date,
    *,
    by: Actor,
    now: datetime,
    seen: int | None = None,
    token: uuid.UUID | None = None,
    contact: Contacted | None = None,
) -> Act:
    """The order, and its parcel, must leave by the end of that day (SOP 5.h).

    Raises Refused, Conflict, Repeated.
    """
    with order_act(
        "agree_ship_by", order, by=by, seen=seen, token=token, contact=contact, now=now
    ) as (order, log):
        policy.may_agree_ship_by(order.facts([])).require()
        policy.may_agree_on(day, localdate(now)).require()
        before, until = order.ship_by, policy.agreed_until(day)
        order.ship_by = until
        for parcel in Parcel.objects.filter(order=order).exclude(state=ParcelState.STOPPED.value):
            lock(parcel).ship_by = until
        if before != until:
            log.changed([Change("承诺发货", _written(before), _written(until))])
        log.noted(f"约定 {day:%m-%d} 以前发货", clause="5.h")
        log.tell(policy.agreed(day))
    return log.act


def _written(at: datetime | None) -> str:
    return f"{localtime(at):%Y-%m-%d %H:%M}" if at else "没有"
