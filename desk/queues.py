"""A person's own queues with capped counts, and the menu that the role has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from orders.selectors.filters import Filters, led, narrowing, shops_of
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


# label, the list it counts and leads to, act that the role must have
_QUEUES: list[tuple[str, Filters, str]] = [
    ("审单", Filters(hold="review"), "lift_hold"),
    ("缺货", Filters(hold="stock_out"), "lift_hold"),
    ("补差价", Filters(money="untied"), "tie_top_up"),
    ("应退", Filters(money="owed"), "mark_paid"),
    ("超时", Filters(other="late"), "modify_delivery"),
    ("跟进", Filters(other="follow"), "follow_up"),
]


def queues_of(user: Any) -> list[Queue]:
    """The queues that this role works on; each counts what its list shows."""
    base, shops = reverse("search"), shops_of(user) if user.shop_codes else []
    queues = []
    for label, filters, act in _QUEUES:
        if may(user, act):
            count = _capped(filters, user, shops)
            late = filters.other == "late" and count != "0"
            queues.append(Queue(label, f"{base}?{filters.query()}", count, late))
    return queues


def _capped(filters: Filters, user: Any, shops: list[Any]) -> str:
    """A count that never costs more than 100 rows: 12, or 99+."""
    ranges, where = led(narrowing(filters, user, shops), filters)
    found = 0
    for part in ranges:
        rows = part.filter(where) if where else part
        found += len(rows.order_by().values_list("pk", flat=True)[: CAP - found])
        if found >= CAP:
            return "99+"
    return str(found)


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
