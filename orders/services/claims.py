"""Who works on a row of a list, so that two colleagues do not do the same (screens, queues)."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from core.acts import Actor
from core.models import Act
from core.verdict import no
from orders.models import Claim, Order
from orders.services.acting import order_act

LASTS = timedelta(minutes=15)
LISTS = {"review": "审单", "call": "待联系", "refund": "退款审核"}


def take(
    order: Order,
    what: str,
    *,
    by: Actor,
    now: datetime,
    token: uuid.UUID | None = None,
) -> Act:
    """Say that one works on it now; nobody else can take it for a quarter of an hour.

    Raises Refused when a colleague has it.
    """
    with order_act("claim", order, by=by, token=token, now=now) as (order, log):
        known = Claim.objects.select_related("by").filter(order=order, what=what).first()
        if known is not None and known.until > now and known.by_id != by.user_id:
            no("2.b", f"{known.by.display_name}正在处理这一单。", instead="先处理别的。").require()
        claim = known or Claim(order=order, what=what)
        claim.by_id, claim.until = by.user_id or 0, now + LASTS
        claim.save()
        log.noted(f"认领：{LISTS[what]}", clause="2.b")
    return log.act


def let_go(order: Order, what: str) -> None:
    """It is done, inside a running act."""
    Claim.objects.filter(order=order, what=what).delete()
