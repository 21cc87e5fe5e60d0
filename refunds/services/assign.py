"""A supervisor gives a refund to a colleague to decide (SOP 1.5; screens, queues)."""

from __future__ import annotations

import uuid
from datetime import datetime

from core.acts import Actor, Change, lock
from core.models import Act
from orders.models import Order
from orders.services.acting import order_act
from refunds import deciding
from refunds.models import Refund
from refunds.selectors.weighing import reviewers
from refunds.services.withdraw import facts_of
from staff.models import User
from staff.services.tell import tell

NOBODY = "没有分派"


def assign_refund(
    order: Order,
    refund: Refund,
    to: User | None,
    *,
    by: Actor,
    now: datetime,
    seen: int | None = None,
    token: uuid.UUID | None = None,
) -> Act:
    """It is this colleague's to decide, who hears of it; None: back to all.

    Raises Refused, Conflict, Repeated.
    """
    with order_act("assign_refund", order, by=by, seen=seen, token=token, now=now) as (order, log):
        row = lock(refund)
        able = to is None or reviewers(order.shop.code).filter(pk=to.pk).exists()
        who = to.pk if to else None
        deciding.may_assign_to(facts_of(row, order), who, able=able).require()
        before = row.assigned_to.display_name if row.assigned_to else NOBODY
        row.assigned_to = to
        after = to.display_name if to else NOBODY
        log.changed([Change(f"退款 {row.number} 分给", before, after)], order, row)
        log.noted(f"退款 {row.number} 分给{after}" if to else f"退款 {row.number} 放回，谁都可以审")
        if to is not None and to.pk != by.user_id:
            _tell(row, order, to, by, log.act)
    return log.act


def _tell(row: Refund, order: Order, to: User, by: Actor, act: Act) -> None:
    text = f"{by.name}把 {order.order_no} 的退款 {row.amount} 元分给您审。"
    tell(text, to=to, url=row.get_absolute_url(), key=f"refund:{row.pk}:given:{act.pk}")
