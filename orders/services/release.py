"""Hand an order to the warehouse, and take it back (发给库管, SOP 1.1.e, 2.b)."""

from __future__ import annotations

import uuid
from datetime import datetime

from core.acts import Actor, Change
from core.models import Act
from core.verdict import Refused
from orders import policy
from orders.models import Order
from orders.services.acting import order_act
from orders.services.review import keep_doubts, review_again


def release(
    order: Order,
    *,
    by: Actor,
    now: datetime,
    seen: int | None = None,
    token: uuid.UUID | None = None,
) -> Act:
    """Release a paid order without a hold or a doubt; the review rules run again first (SOP 2.b).

    Raises Refused, Conflict, Repeated.
    """
    try:
        with order_act("release", order, by=by, seen=seen, token=token, now=now) as (row, log):
            review_again(row, now)
            policy.may_release(row.facts()).require()
            row.released_at = now
            log.changed([Change("下发", "未下发", "已下发仓库")])
            log.noted("下发仓库", clause="2.b")
    except Refused:
        keep_doubts(order, now)
        raise
    return log.act


def take_back(
    order: Order,
    *,
    by: Actor,
    now: datetime,
    seen: int | None = None,
    token: uuid.UUID | None = None,
) -> Act:
    """Take a released order back before the warehouse begins. Raises Refused, Conflict."""
    with order_act("take_back", order, by=by, seen=seen, token=token, now=now) as (order, log):
        policy.may_take_back(order.facts()).require()
        order.released_at = None
        log.changed([Change("下发", "已下发仓库", "未下发")])
        log.noted("收回下发", clause="1.1.e")
    return log.act
