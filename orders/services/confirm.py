"""Confirm the goods of an order whose lines an import could not tell apart (SOP 5.a)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from core.acts import Actor
from core.models import Act
from core.money import spread
from core.verdict import no
from orders import policy
from orders.models import Order
from orders.services.acting import order_act
from orders.services.products import Wanted, apply, draft, let_go_of, recount, signature
from orders.services.stocking import reserve_goods


def confirm_lines(
    order: Order,
    wanted: Sequence[Wanted],
    *,
    by: Actor,
    now: datetime,
    seen: int | None = None,
    token: uuid.UUID | None = None,
) -> Act:
    """Write the goods as a person read them on the platform; then the order can be released.

    What the buyer owes stays: it is spread over the lines by their list prices. Raises Refused,
    Conflict, Repeated.
    """
    with order_act("confirm_lines", order, by=by, seen=seen, token=token, now=now) as (order, log):
        policy.may_confirm_lines(order.facts()).require()
        plan = draft(order, wanted)
        if not any(drafted.quantity for drafted in plan.lines):
            no("5.a", "至少要录入一种商品。", instead="照平台订单页录入款式和数量。").require()
        order.before_hand = {"lines": signature(order.lines.all())} | order.before_hand
        freed = let_go_of(order, plan.changed, now)
        changes = [apply(order, drafted) for drafted in plan.changed]
        order.lines_unclear = ""
        _share(order)
        recount(order)
        reserve_goods(order, now, freed)
        log.changed(changes)
        log.noted("确认商品明细", clause="5.a")
    return log.act


def _share(order: Order) -> None:
    lines = list(order.lines.all())
    shares = spread(order.goods_total, [line.price * line.quantity for line in lines])
    for line, share in zip(lines, shares, strict=True):
        if line.amount != share:
            line.amount = share
            line.save()
