"""Top-up orders: tie one to the order it tops up (补差价, SOP 1.1.f)."""

from __future__ import annotations

import uuid
from datetime import datetime

from core.acts import Actor, Change, act_on
from core.models import Act
from core.money import ZERO
from core.verdict import Say
from orders import policy
from orders.models import Order, OrderLink
from orders.services.hold import end_holds, open_hold
from orders.words import HoldKind, Relation


def tie_top_up(
    main: Order,
    top_up: Order,
    *,
    by: Actor,
    now: datetime,
    seen: int | None = None,
    token: uuid.UUID | None = None,
) -> Act:
    """Tie a paid top-up order to its main order; enough of it ends the hold (SOP 1.1.f).

    Raises Refused, Conflict, Repeated. What it brings beyond the difference is owed back.
    """
    with act_on("tie_top_up", [main, top_up], by=by, now=now, seen=seen, token=token) as (
        (main, top_up),
        log,
    ):
        policy.may_tie_top_up(main.facts(), top_up.facts()).require()
        top_up.top_up_for = main
        OrderLink.objects.get_or_create(
            order=main, other=top_up, kind=Relation.TOP_UP, defaults={"text": "补差价"}
        )
        main.topped_up += top_up.total_paid
        rest = main.due - main.total_paid
        if rest <= ZERO:
            end_holds(main, HoldKind.TOP_UP, f"补差价 {top_up.order_no} 已付", now)
            main.owed_back = -rest
        else:
            open_hold(main, HoldKind.TOP_UP, f"还差 {rest} 元差价没付", by=by, now=now, amount=rest)
        log.changed([Change("补差价", "", f"{top_up.order_no}（{top_up.paid} 元）")])
        log.noted("关联补差价", clause="1.1.f")
        log.tell(Say("top_up.tied"))
    return log.act
