"""Put an order before the others, and back in its place (加急, SOP 2.c)."""

from __future__ import annotations

import uuid
from datetime import datetime

from core.acts import Actor, Change
from core.models import Act
from orders import policy
from orders.models import Order
from orders.services.acting import order_act


def expedite(
    order: Order,
    *,
    by: Actor,
    now: datetime,
    seen: int | None = None,
    token: uuid.UUID | None = None,
) -> Act:
    """The warehouse does this order first (SOP 2.c). Raises Refused, Conflict, Repeated."""
    with order_act("expedite", order, by=by, seen=seen, token=token, now=now) as (order, log):
        policy.may_expedite(order.facts([])).require()
        order.expedited = True
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
        order.expedited = False
        log.changed([Change("加急", "是", "否")])
        log.noted("取消加急", clause="2.c")
    return log.act
