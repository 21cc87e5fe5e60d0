"""The timer's part of the review: rules on what is due, release of what is clean (SOP 2.b)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import QuerySet

from core.acts import TIMER, act_on
from core.bulk import change, write_parts
from core.sweeping import BATCH, locked
from orders.models import Order
from orders.services.review import Reviewed, cooled, keep_timers, leave, review_all, settle_timers

_RELEASED = ("released_at", "version", "review_at", "review_by")


def review_due(now: datetime, limit: int = BATCH) -> int:
    """Review a batch of what is due, each once whoever sweeps; says how many orders were due.

    Clean ones past the shop's cooling time are released; the others wait for a person.
    """
    if not _due(now).exists():
        return 0
    rows: list[Order] = []
    with act_on("review", rows, by=TIMER, now=now, clause="2.b") as (_, log):
        batch = list(locked(_due(now)).select_related("shop").order_by("review_at", "id")[:limit])
        waiting = [order for order in batch if order.in_review]
        over = [order for order in batch if not order.in_review]
        for order in over:
            leave(order, now)
        reviewed = review_all(waiting, now)
        clean = [each for each in reviewed if _ripe(each, now)]
        ripe = {each.order.pk for each in clean}
        rest = [each for each in reviewed if each.order.pk not in ripe]
        for each in rest:
            settle_timers(each, now)
        keep_timers([*over, *(each.order for each in rest)])
        write_parts("order", [_doubted(each) for each in rest if each.new])
        log.act.summary = f"审单 {len(waiting)} 单"
        _release([each.order for each in clean], now)
    return len(batch)


def _due(now: datetime) -> QuerySet[Order]:
    return Order.objects.filter(review_at__lte=now)


def _ripe(reviewed: Reviewed, now: datetime) -> bool:
    """Clean, cooled, and of a shop whose clean orders go by themselves."""
    order = reviewed.order
    if reviewed.open or not order.shop.auto_release or cooled(order) > now:
        return False
    return reviewed.may_release()


def _doubted(reviewed: Reviewed) -> tuple[int, str, str, str, list[list[str]]]:
    """The line in the timeline of an order that waits for a person."""
    order = reviewed.order
    return order.pk, order.order_no, f"审单：{reviewed.said}", "等人审", []


def _release(orders: Sequence[Order], now: datetime) -> None:
    """Hand them to the warehouse: one line in each one's timeline, like a colleague's release."""
    if not orders:
        return
    rows: list[Order] = []
    with act_on("release", rows, by=TIMER, now=now, clause="2.b") as (_, log):
        for order in orders:
            leave(order, now)
            order.released_at = now
            order.version += 1
        change(Order, _RELEASED, [[o.pk, *(getattr(o, n) for n in _RELEASED)] for o in orders])
        told = [["下发", "未下发", "已下发仓库"]]
        write_parts("order", [(o.pk, o.order_no, "审单通过，自动下发", "", told) for o in orders])
        log.act.summary = f"自动下发 {len(orders)} 单"
