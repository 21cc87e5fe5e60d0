"""A person's own queues with capped counts, and the menu that the role has."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from orders.models import Hold, Order
from staff.matrix import may

CAP = 100


@dataclass(frozen=True, slots=True)
class Queue:
    label: str
    url: str
    count: str
    late: bool = False


@dataclass(frozen=True, slots=True)
class MenuItem:
    label: str
    url: str


def capped(rows: QuerySet[Any]) -> str:
    """A count that never costs more than 100 rows: 12, or 99+."""
    found = len(rows.order_by().values_list("pk", flat=True)[:CAP])
    return "99+" if found >= CAP else str(found)


def _holds(kind: str) -> Callable[[Any], QuerySet[Any]]:
    return lambda user: Hold.objects.filter(state="open", kind=kind)


def _follow_ups(user: Any) -> QuerySet[Any]:
    today = timezone.localdate()
    return Order.objects.filter(follow_up_on__lte=today, follow_up_by=user)


# label, address query, rows, act that the role must have
_QUEUES: list[tuple[str, str, Callable[[Any], QuerySet[Any]], str]] = [
    ("审单", "?hold=review", _holds("review"), "lift_hold"),
    (
        "补差价",
        "?money=untied",
        lambda u: Order.objects.filter(is_top_up=True, top_up_for=None),
        "tie_top_up",
    ),
    ("跟进", "?other=follow", _follow_ups, "follow_up"),
]


def queues_of(user: Any) -> list[Queue]:
    base = reverse("search")
    return [
        Queue(label, base + query, capped(rows(user)))
        for label, query, rows, act in _QUEUES
        if may(user, act)
    ]


_MENU: list[tuple[str, str, str]] = [
    ("全部订单", "search", "search_orders"),
    ("登记订单", "register-order", "register_order"),
    ("导入订单", "imports", "import_orders"),
    ("导出", "exports", "export_orders"),
    ("员工", "people", "manage_staff"),
    ("店铺", "shops", "manage_shops"),
    ("告知买家的话", "sentences", "manage_sentences"),
    ("查看隐私记录", "reveal-log", "view_reveal_log"),
]


def menu_of(user: Any) -> list[MenuItem]:
    return [MenuItem(label, reverse(name)) for label, name, act in _MENU if may(user, act)]
