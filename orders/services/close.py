"""Close an unpaid order and reopen it (SOP 1.2.e)."""

from __future__ import annotations

import uuid
from datetime import datetime

from core.acts import Actor, Change
from core.models import Act
from core.verdict import Say
from orders import policy
from orders.models import Order
from orders.policy import Contacted
from orders.selectors.order import closing_facts, since_close
from orders.services.acting import order_act
from orders.services.hold import end_holds
from orders.services.platform import never_mind, tell_platform
from orders.services.stocking import free_goods, reserve_goods
from orders.services.timers import start_timers
from orders.words import HandTaskKind, HoldKind


def close_order(
    order: Order,
    why: str,
    *,
    by: Actor,
    now: datetime,
    contact: Contacted,
    seen: int | None = None,
    token: uuid.UUID | None = None,
) -> Act:
    """Close an order that nobody paid for, after the identity check (SOP 1.2.e).

    Raises Refused, Conflict, Repeated.
    """
    with order_act(
        "close_order", order, by=by, seen=seen, token=token, contact=contact, now=now
    ) as (order, log):
        policy.may_close(closing_facts(order), contact.identity).require()
        before = order.get_state_display()
        order.close(now, why)
        free_goods(order, "订单关闭了", now)
        end_holds(order, HoldKind.TOP_UP, "订单关闭了", now)  # nobody is to pay for it any more
        tell_platform(order, HandTaskKind.CLOSE, now=now, text=why)
        log.changed([Change("状态", before, "已关闭")])
        log.noted("关闭订单", clause="1.2.e", reason=why)
        log.tell(Say("close.done"))
    return log.act


def reopen_order(
    order: Order,
    *,
    by: Actor,
    now: datetime,
    seen: int | None = None,
    token: uuid.UUID | None = None,
) -> Act:
    """Take a closing back while nothing else happened. Raises Refused, Conflict, Repeated."""
    with order_act("reopen_order", order, by=by, seen=seen, token=token, now=now) as (order, log):
        policy.may_reopen(order.facts(), **since_close(order)).require()
        order.reopen()
        reserve_goods(order, now)
        start_timers(order, now)
        never_mind(order, HandTaskKind.CLOSE, "订单重新打开了", now=now)
        log.changed([Change("状态", "已关闭", order.get_state_display())])
        log.noted("重新打开", clause="1.2.e")
        log.tell(Say("reopen.done"))
    return log.act
