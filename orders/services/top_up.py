"""Top-up orders: tie one to the order it tops up, and untie it (补差价, SOP 1.1.f)."""

from __future__ import annotations

import uuid
from datetime import datetime
from decimal import Decimal

from core.acts import Actor, Change
from core.models import Act
from core.money import ZERO
from core.verdict import Say, no
from core.workdays import REFUND_DAYS, promise
from orders import policy
from orders.models import Order, OrderLink
from orders.selectors.order import same_buyer
from orders.services.acting import orders_act
from orders.services.settle import settle
from orders.words import OrderState, Relation
from staff.selectors import office_calendar


def tie_top_up(
    main: Order,
    top_up: Order,
    *,
    by: Actor,
    now: datetime,
    certain: bool = False,
    seen: int | None = None,
    token: uuid.UUID | None = None,
) -> Act:
    """Tie a paid top-up order to its main order; enough of it ends the hold (SOP 1.1.f).

    `certain`: another account and telephone, and yet the same customer.

    Raises Refused, Conflict, Repeated. What it brings beyond the difference is owed back.
    """
    with orders_act("tie_top_up", [main, top_up], by=by, now=now, seen=seen, token=token) as (
        (main, top_up),
        log,
    ):
        same = certain or same_buyer(main, top_up)
        policy.may_tie_top_up(main.facts(), top_up.facts(), same=same).require()
        top_up.top_up_for = main
        OrderLink.objects.get_or_create(
            order=main, other=top_up, kind=Relation.TOP_UP, defaults={"text": "补差价"}
        )
        main.topped_up += top_up.total_paid
        rest = settle(main, f"关联了 {top_up.order_no}", by=by, now=now)
        log.changed([Change("补差价", "", f"{top_up.order_no}（{top_up.total_paid} 元）")])
        log.noted("关联补差价", clause="1.1.f")
        log.tell(_said(rest, now))
    return log.act


def _said(rest: Decimal, now: datetime) -> Say:
    if rest > ZERO:
        return Say("top_up.short", {"amount": str(rest)})
    if rest < ZERO:
        by = promise(now, REFUND_DAYS, office_calendar()).said
        return Say("top_up.over", {"amount": str(-rest), "by": by})
    return Say("top_up.tied")


def untie_top_up(
    main: Order,
    top_up: Order,
    why: str,
    *,
    by: Actor,
    now: datetime,
    seen: int | None = None,
    token: uuid.UUID | None = None,
) -> Act:
    """Take a top-up away from the order it was tied to by mistake; the difference is open again.

    Raises Refused, Conflict, Repeated.
    """
    with orders_act("untie_top_up", [main, top_up], by=by, now=now, seen=seen, token=token) as (
        (main, top_up),
        log,
    ):
        policy.may_untie_top_up(main.facts()).require()
        if top_up.top_up_for_id != main.pk:
            no("1.1.f", f"{top_up.order_no} 没有关联到这一单。").require()
        top_up.top_up_for = None
        OrderLink.objects.filter(order=main, other=top_up, kind=Relation.TOP_UP).delete()
        main.topped_up = max(main.topped_up - top_up.total_paid, ZERO)
        if main.state != OrderState.CLOSED:
            settle(main, f"取消关联 {top_up.order_no}", by=by, now=now)
        log.changed([Change("补差价", f"{top_up.order_no}（{top_up.total_paid} 元）", "")])
        log.noted("取消关联补差价", clause="1.1.f", reason=why)
    return log.act
