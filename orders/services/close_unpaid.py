"""Close what is unpaid past the shop's limit: the sweep, in batches (SOP 2.a)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from core.acts import TIMER, act_on
from core.bulk import change, write_parts
from core.sweeping import BATCH, alone, locked
from core.verdict import Say
from orders import reminding
from orders.models import Hold, Order
from orders.services.platform import tell_platform_all
from orders.services.stocking import free_all
from orders.services.telling import News, tell_buyers
from orders.words import HandTaskKind, HoldKind, MessageKind

_CLOSED = ("state", "closed_from", "closed_at", "closed_why", "remind_at", "close_at", "version")
_Part = tuple[int, str, str, str, list[Any]]


def close_due(now: datetime, limit: int = BATCH) -> int:
    """Close a batch of what is due, each once whoever sweeps; says how many orders were due.

    The platform and the buyer are told. An order that is kept for its buyer (客户考虑) waits
    another day; one with money in it is left to a person.
    """
    if not _due(now).exists():
        return 0
    rows: list[Order] = []
    with act_on("close_unpaid", rows, by=TIMER, now=now, clause="2.a") as (_, log):
        batch = _take(now, limit) if alone("close_unpaid") else []
        closed, parts = _sort(batch, now)
        _close(closed, now)
        write_parts("order", parts)
        log.act.summary = f"超时关闭 {len(closed)} 单"
    return len(batch)


def _due(now: datetime) -> QuerySet[Order]:
    return Order.objects.filter(close_at__lte=now)


def _take(now: datetime, limit: int) -> list[Order]:
    rows = locked(_due(now)).select_related("shop").order_by("close_at", "id")
    return list(rows[:limit])


def _sort(batch: Sequence[Order], now: datetime) -> tuple[list[Order], list[_Part]]:
    """Those to be closed, closed in memory, and the timeline's lines of all."""
    held = Hold.objects.filter(order__in=batch, kind=HoldKind.CUSTOMER.value, state="open")
    kept = set(held.values_list("order_id", flat=True))
    closed: list[Order] = []
    later: list[tuple[Order, datetime | None]] = []
    parts: list[_Part] = []
    for order in batch:
        if not reminding.may_close_unpaid(order.facts([])).allowed:
            later.append((order, None))
        elif order.pk in kept:
            later.append((order, now + reminding.CONSIDERING))
            parts.append(_part(order, "买家还在考虑，推迟一天再关闭"))
        else:
            why = f"超过 {order.shop.unpaid_limit_h} 小时没有付款"
            order.close(now, why)
            order.version += 1
            closed.append(order)
            parts.append(_part(order, "超时未付款，自动关闭", why, ["状态", "未付款", "已关闭"]))
    change(Order, ["close_at"], [[order.pk, at] for order, at in later])
    return closed, parts


def _part(order: Order, said: str, why: str = "", *changes: list[str]) -> _Part:
    return order.pk, order.order_no, said, why, list(changes)


def _close(orders: Sequence[Order], now: datetime) -> None:
    """Write them, free what was reserved with the order, and tell platform and buyers."""
    change(Order, _CLOSED, [[o.pk, *(getattr(o, name) for name in _CLOSED)] for o in orders])
    free_all(orders, "超时关闭", now)
    tell_platform_all([(order, order.closed_why) for order in orders], HandTaskKind.CLOSE, now=now)
    tell_buyers([_news(order, now) for order in orders], now)


def _news(order: Order, now: datetime) -> News:
    values = {"order_no": order.platform_no, "hours": str(order.shop.unpaid_limit_h)}
    return News(order, MessageKind.CLOSED_UNPAID, Say("closed.unpaid", values), now)
