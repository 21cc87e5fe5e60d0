"""What has to be done by hand on a platform: the worklist, and what stands on one order."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet

from core.keyset import Page, page
from orders.models import HandTask
from orders.words import BY_HAND, Channel

ORDER = ("opened_at", "id")
CHANNELS = {channel.value: channel.label for channel in Channel if channel not in BY_HAND}


def open_tasks(user: Any) -> QuerySet[HandTask]:
    """What nobody has done yet, of the shops that this person works for."""
    tasks = HandTask.objects.filter(done_at__isnull=True)
    return tasks.filter(order__shop__code__in=user.shop_codes) if user.shop_codes else tasks


def task_page(user: Any, cursor: str, channel: str = "") -> Page[HandTask]:
    """The oldest first, of one channel where one is asked for; raises BadCursor."""
    channel = channel if channel in CHANNELS else ""
    tasks = open_tasks(user).select_related("order__shop")
    if channel:
        tasks = tasks.filter(order__shop__channel=channel)
    return page(tasks, ORDER, cursor, mark=f"hand:{channel}")


def in_order(tasks: Iterable[HandTask]) -> list[HandTask]:
    """What is open first, the oldest above; then what was done last."""
    return sorted(tasks, key=_place)[:20]


def _place(task: HandTask) -> tuple[bool, float, int]:
    """Open before done; the oldest that is open, the newest that is done first."""
    if task.done_at is None:
        return False, task.opened_at.timestamp(), task.pk
    return True, -task.done_at.timestamp(), task.pk
