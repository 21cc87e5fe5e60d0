"""An order is received, and after the shop's days complete (SOP 2.i, 5.g, 6.c, 6.d)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from core.acts import TIMER, Actor, Change
from core.models import Act
from core.sweeping import BATCH
from core.verdict import Say, Verdict
from orders import finishing
from orders.formats.states import after_sale_open
from orders.models import Order
from orders.policy import Contacted
from orders.selectors.matters import open_matters
from orders.services.acting import order_act
from orders.services.news import delivered
from orders.services.telling import tell_buyers
from orders.words import OrderState


def receive_order(
    order: Order,
    *,
    by: Actor,
    now: datetime,
    at: datetime | None = None,
    why: str = "",
    seen: int | None = None,
    token: uuid.UUID | None = None,
    contact: Contacted | None = None,
) -> Act:
    """The customer has it since `at`; the buyer is greeted (SOP 6.b, 6.c).

    Raises Refused, Conflict, Repeated.
    """
    with order_act(
        "receive_order", order, by=by, seen=seen, token=token, contact=contact, now=now
    ) as (order, log):
        finishing.may_receive(order.facts()).require()
        _receive(order, at or now, now)
        log.changed([Change("状态", OrderState.SHIPPED.label, OrderState.RECEIVED.label)])
        log.noted("登记签收", clause="6.c", reason=why)
        log.tell(Say("receive.done"))
    return log.act


def _receive(order: Order, at: datetime, now: datetime) -> None:
    order.receive(min(at, now))
    tell_buyers(delivered(order, min(at, now)), now)


def signed(order: Order, at: datetime, *, now: datetime) -> bool:
    """The carrier says that it was signed for; says whether that was news (SOP 6.c)."""
    if order.state != OrderState.SHIPPED:
        return False
    with order_act("receive_order", order, by=TIMER, now=now) as (order, log):
        if not finishing.may_receive(order.facts()).allowed:
            log.noted("快递：已签收", clause="6.c")
            return False
        _receive(order, at, now)
        log.changed([Change("状态", OrderState.SHIPPED.label, OrderState.RECEIVED.label)])
        log.noted("快递：已签收", clause="6.c")
    return True


def verdict_of(order: Order, matters: Sequence[str]) -> Verdict:
    """May it be completed now?"""
    return finishing.may_complete(
        order.facts(), after_sale_open=after_sale_open(order.after_sale), open_matters=matters
    )


def complete_due(now: datetime, limit: int = BATCH) -> int:
    """Complete a batch of what is due; what still has something open is asked about tomorrow.

    Each is asked again under its lock, so two sweeps complete it once. Says how many were due.
    """
    due = list(
        Order.objects.filter(complete_at__lte=now)
        .select_related("shop")
        .order_by("complete_at", "id")[:limit]
    )
    matters = open_matters([order.pk for order in due])
    waiting = [o.pk for o in due if not _complete(o, matters.get(o.pk, []), now)]
    late = Order.objects.filter(pk__in=waiting, complete_at__lte=now)
    late.update(complete_at=now + finishing.AGAIN)
    return len(due)


def _complete(order: Order, matters: Sequence[str], now: datetime) -> bool:
    """Says whether it needs no timer any more."""
    if not verdict_of(order, matters).allowed:
        return False
    with order_act("complete_order", order, by=TIMER, now=now) as (order, log):
        log.noted("还不能自动完成", clause="2.i")
        fresh = open_matters([order.pk]).get(order.pk, [])
        if not verdict_of(order, fresh).allowed:
            return bool(order.state != OrderState.RECEIVED)
        order.complete(now)
        log.changed([Change("状态", OrderState.RECEIVED.label, OrderState.COMPLETED.label)])
        log.noted(f"签收满 {order.shop.complete_days} 天，自动完成", clause="2.i")
    return True


def complete_top_ups(mains: Sequence[int], now: datetime) -> int:
    """The tied top-up orders of what shipped are complete with it (SOP 2.i)."""
    tied = Order.objects.filter(
        top_up_for__in=mains, is_top_up=True, state=OrderState.PAID.value
    ).select_related("shop")
    done = 0
    for row in tied:
        with order_act("complete_order", row, by=TIMER, now=now) as (order, log):
            if order.state == OrderState.PAID:
                order.complete_top_up(now)
                log.changed([Change("状态", OrderState.PAID.label, OrderState.COMPLETED.label)])
                done += 1
            log.noted("主订单已发货，补差价订单一起完成", clause="2.i")
    return done
