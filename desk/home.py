"""What each role needs first: the sections of the home page (screens 31)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, F, OuterRef, QuerySet
from django.urls import reverse
from django.utils import timezone

from orders.models import Contact, Hold
from orders.selectors.order import visible
from orders.selectors.shortage import Short, short_goods
from orders.words import HoldKind
from staff.roles import Role
from staff.selectors import notices_of
from stock.selectors.supply import arrivals_since, coming, late

SHOWN = 8
Rows = Callable[[Any, datetime], Any]  # a query set, or a list


@dataclass(frozen=True, slots=True)
class Section:
    """A list of at most 8 rows with the way to all of them."""

    key: str
    title: str
    empty: str
    rows: Any
    more: str = ""


def _mine(rows: QuerySet[Any], user: Any) -> QuerySet[Any]:
    """Of rows that hang on an order: those of the person's shops."""
    return rows.filter(order__shop__code__in=user.shop_codes) if user.shop_codes else rows


def _follow_ups(user: Any, now: datetime) -> QuerySet[Any]:
    due = visible(user).filter(follow_up_by=user, follow_up_on__lte=timezone.localdate(now))
    return due.order_by("follow_up_on", "id")


def _calls(user: Any, now: datetime) -> QuerySet[Any]:
    """Buyers to contact again, but not those who were contacted since."""
    since = Contact.objects.filter(order=OuterRef("order"), at__gt=OuterRef("at"))
    due = Contact.objects.filter(~Exists(since), call_again_at__lte=now)
    open_orders = due.exclude(order__state__in=["closed", "completed"])
    return _mine(open_orders, user).select_related("order").order_by("call_again_at")


def _holds(*kinds: str) -> Rows:
    def rows(user: Any, now: datetime) -> QuerySet[Any]:
        held = Hold.objects.filter(state="open")
        held = held.filter(kind__in=kinds) if kinds else held
        return _mine(held, user).select_related("order").order_by("opened_at", "id")

    return rows


def _promises(user: Any, now: datetime) -> QuerySet[Any]:
    waiting = visible(user).filter(state="paid", ship_by__isnull=False, is_top_up=False)
    return waiting.order_by("ship_by", "id")


def _in_warehouse(user: Any, now: datetime) -> QuerySet[Any]:
    released = visible(user).filter(state="paid", released_at__isnull=False)
    return released.order_by("ship_by", "id")


def _untied(user: Any, now: datetime) -> QuerySet[Any]:
    untied = visible(user).filter(is_top_up=True, top_up_for=None).exclude(state="closed")
    return untied.order_by("-ordered_at", "-id")


def _owed(user: Any, now: datetime) -> QuerySet[Any]:
    return visible(user).filter(owed_back__gt=0).order_by("-ordered_at", "-id")


def _part_paid(user: Any, now: datetime) -> QuerySet[Any]:
    paid = F("paid") + F("paid_by_platform") + F("topped_up")
    short = visible(user).filter(paid__gt=0, due__gt=paid).exclude(state="closed")
    return short.order_by("-ordered_at", "-id")


def _shipped(user: Any, now: datetime) -> QuerySet[Any]:
    return visible(user).filter(state="shipped").order_by("-ordered_at", "-id")


def _notices(user: Any, now: datetime) -> QuerySet[Any]:
    return notices_of(user).exclude(read_by=user).order_by("-at", "-id")


def _to_buy(user: Any, now: datetime) -> list[Short]:
    return [each for each in short_goods() if each.wanted]


def _late(user: Any, now: datetime) -> QuerySet[Any]:
    rows = late(timezone.localdate(now)).select_related("sku")
    return rows.order_by("expected_on", "id")


def _coming(user: Any, now: datetime) -> QuerySet[Any]:
    rows = coming().filter(expected_on__gte=timezone.localdate(now)).select_related("sku")
    return rows.order_by("expected_on", "id")


def _arrived(user: Any, now: datetime) -> QuerySet[Any]:
    return arrivals_since(timezone.localtime(now).replace(hour=0, minute=0, second=0))


GOODS = (HoldKind.STOCK_OUT.value, HoldKind.GOODS.value)

# key: title, what an empty one says, rows, end of the address of the whole list
SECTIONS: dict[str, tuple[str, str, Rows, str]] = {
    "follow_ups": ("要跟进的订单", "今天没有要跟进的订单。", _follow_ups, "?other=follow"),
    "calls": ("到点再联系", "没有到点要联系的买家。", _calls, ""),
    "holds": ("挂起最久的", "没有挂起的订单。", _holds(), "?hold=review"),
    "goods": ("缺货和等货", "没有缺货或等货的订单。", _holds(*GOODS), "?hold=stock_out"),
    "promises": ("承诺发货最近的", "没有等发货的订单。", _promises, "?state=paid"),
    "warehouse": ("已下发，等配货", "没有下发给仓库的订单。", _in_warehouse, "?other=released"),
    "shipped": ("在路上的", "没有在路上的包裹。", _shipped, "?state=shipped"),
    "untied": ("没有关联的补差价", "都关联好了。", _untied, "?money=untied"),
    "owed": ("应退的差价", "没有要退的差价。", _owed, "?money=owed"),
    "part": ("没付够的", "没有部分付款的订单。", _part_paid, "?money=part"),
    "to_buy": ("要采购的", "没有缺货要采购的。", _to_buy, ""),
    "late_supplies": ("迟到的货", "没有迟到的。", _late, ""),
    "coming": ("在途", "没有在途的货。", _coming, ""),
    "arrived": ("今天到的货", "今天还没有到货。", _arrived, ""),
    "notices": ("新通知", "没有新通知。", _notices, ""),
}
# Lists that are no search: the names of their addresses.
_MORE = {
    "to_buy": "purchasing",
    "late_supplies": "late-supplies",
    "coming": "supplies",
    "notices": "notices",
}
SERVICE = ("follow_ups", "calls", "holds", "promises", "untied", "notices")
BY_ROLE: dict[str, tuple[str, ...]] = {
    Role.AGENT: SERVICE,
    Role.SENIOR: SERVICE,
    Role.AFTERSALES: ("calls", "follow_ups", "holds", "untied", "shipped", "notices"),
    Role.WAREHOUSE: ("warehouse", "promises", "follow_ups", "notices"),
    Role.LOGISTICS: ("shipped", "promises", "follow_ups", "notices"),
    Role.PURCHASING: (
        *("to_buy", "late_supplies", "coming", "arrived"),
        *("goods", "follow_ups", "notices"),
    ),
    Role.SUPERVISOR: ("promises", "holds", "calls", "untied", "follow_ups", "notices"),
    Role.FINANCE: ("owed", "part", "untied", "follow_ups", "notices"),
    Role.OWNER: ("promises", "holds", "owed", "untied", "follow_ups", "notices"),
}


def sections_of(user: Any, now: datetime) -> list[Section]:
    """In the order in which this role works; one query each."""
    search, sections = reverse("search"), []
    for key in BY_ROLE[user.role]:
        title, empty, rows, query = SECTIONS[key]
        more = reverse(_MORE[key]) if key in _MORE else f"{search}{query}" if query else ""
        sections.append(Section(key, title, empty, rows(user, now)[:SHOWN], more))
    return sections
