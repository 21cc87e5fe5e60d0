"""What each role needs first: the sections of the home page (screens 31)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils import timezone

from aftersales.selectors.cases import my_turn
from orders.models import Hold
from orders.selectors.calls import to_call
from orders.selectors.order import visible
from orders.selectors.review_queue import in_review
from orders.selectors.shortage import Short, short_goods
from orders.words import HoldKind
from refunds.selectors.payouts import payouts_to_pay
from refunds.selectors.queue import failed, transfers
from staff.roles import Role
from staff.selectors import notices_of
from stock.selectors.supply import arrivals_since, coming, late
from warehouse.selectors.board import Stage, first_parcels, late_parcels, stages
from warehouse.selectors.enquiries import open_enquiries
from warehouse.selectors.intercepts import holds_of
from warehouse.selectors.leaving import by_carrier
from warehouse.selectors.troubles import failed_dispatches, open_troubles

SHOWN = 8
Rows = Callable[[Any, datetime], Any]  # a query set, or a list


@dataclass(frozen=True, slots=True)
class Section:
    """A list of at most 8 rows with the way to all of them."""

    key: str
    title: str
    empty: str
    template: str
    rows: Any
    more: str = ""


def _mine(rows: QuerySet[Any], user: Any) -> QuerySet[Any]:
    """Of rows that hang on an order: those of the person's shops."""
    return rows.filter(order__shop__code__in=user.shop_codes) if user.shop_codes else rows


def _follow_ups(user: Any, now: datetime) -> QuerySet[Any]:
    due = visible(user).filter(follow_up_by=user, follow_up_on__lte=timezone.localdate(now))
    return due.order_by("follow_up_on", "id")


def _cases(user: Any, now: datetime) -> QuerySet[Any]:
    return my_turn(user).order_by("due_at", "id")


def _calls(user: Any, now: datetime) -> QuerySet[Any]:
    """Buyers whose time to be called has come."""
    due = to_call(user).filter(call_at__lte=now)
    return due.select_related("order").order_by("call_at", "id")


def _review(user: Any, now: datetime) -> QuerySet[Any]:
    return in_review(user).order_by("review_by", "id")


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


def _stops(user: Any, now: datetime) -> QuerySet[Any]:
    return holds_of(user).select_related("order").order_by("opened_at", "id")


def _troubles(user: Any, now: datetime) -> QuerySet[Any]:
    return open_troubles(user).select_related("order", "tracking").order_by("due_at", "id")


def _enquiries(user: Any, now: datetime) -> QuerySet[Any]:
    return open_enquiries(user).select_related("order").order_by("due_at", "id")


def _refused(user: Any, now: datetime) -> QuerySet[Any]:
    return failed_dispatches(user).select_related("order").order_by("at", "id")


def _transfers(user: Any, now: datetime) -> QuerySet[Any]:
    return transfers(user).select_related("order")


def _failed(user: Any, now: datetime) -> QuerySet[Any]:
    return failed(user).select_related("order")


def _payouts(user: Any, now: datetime) -> QuerySet[Any]:
    return payouts_to_pay(user).select_related("order")


GOODS = (HoldKind.STOCK_OUT.value, HoldKind.GOODS.value)

# key: title, what an empty one says, rows, how a row is drawn, end of the search with all of them
SECTIONS: dict[str, tuple[str, str, Rows, str, str]] = {
    "follow_ups": (
        *("要跟进的订单", "今天没有要跟进的订单。"),
        *(_follow_ups, "order", "?other=follow"),
    ),
    "review": ("最急的审单", "没有要审的订单。", _review, "order", ""),
    "cases": ("等我动手的售后", "没有等您动手的售后。", _cases, "case", ""),
    "calls": ("到点要联系的买家", "没有到点要联系的买家。", _calls, "call", ""),
    "holds": ("挂起最久的", "没有挂起的订单。", _holds(), "hold", "?hold=review"),
    "goods": (
        *("缺货和等货", "没有缺货或等货的订单。"),
        *(_holds(*GOODS), "hold", "?hold=stock_out"),
    ),
    "promises": ("承诺发货最近的", "没有等发货的订单。", _promises, "order", "?state=paid"),
    "warehouse": (
        *("已下发，等配货", "没有下发给仓库的订单。"),
        *(_in_warehouse, "order", "?other=released"),
    ),
    "stops": ("要回答的拦截", "没有要回答的拦截。", _stops, "hold", ""),
    "late_parcels": ("晚了的", "没有过了承诺发货还在仓库的包裹。", late_parcels, "parcel", ""),
    "first_parcels": ("先做这些", "台上没有包裹。", first_parcels, "parcel", ""),
    "carriers": ("等快递来取", "没有等快递来取的包裹。", by_carrier, "carrier", ""),
    "troubles": ("异常件", "没有异常件。", _troubles, "trouble", ""),
    "enquiries": ("等快递答复", "没有等快递答复的。", _enquiries, "enquiry", ""),
    "dispatches": ("平台发货失败", "平台都登记好了。", _refused, "dispatch", ""),
    "shipped": ("在路上的", "没有在路上的包裹。", _shipped, "order", "?state=shipped"),
    "untied": ("没有关联的补差价", "都关联好了。", _untied, "order", "?money=untied"),
    "owed": ("应退的差价", "没有要退的差价。", _owed, "order", "?money=owed"),
    "part": ("没付够的", "没有部分付款的订单。", _part_paid, "order", "?money=part"),
    "transfers": ("要转账的退款", "没有要转账的退款。", _transfers, "refund", ""),
    "failed_refunds": ("没有退成的", "没有退失败的。", _failed, "refund", ""),
    "payouts": ("要转账的赔付", "没有要转账的赔付。", _payouts, "payout", ""),
    "to_buy": ("要采购的", "没有缺货要采购的。", _to_buy, "short", ""),
    "late_supplies": ("迟到的货", "没有迟到的。", _late, "supply", ""),
    "coming": ("在途", "没有在途的货。", _coming, "supply", ""),
    "arrived": ("今天到的货", "今天还没有到货。", _arrived, "arrival", ""),
    "notices": ("新通知", "没有新通知。", _notices, "notice", ""),
}
# Lists that are no search: the names of their addresses.
_MORE = {
    "review": "review",
    "cases": "cases",
    "calls": "calls",
    "stops": "intercepts",
    "late_parcels": "warehouse",
    "first_parcels": "waves",
    "carriers": "hand-over",
    "troubles": "troubles",
    "enquiries": "enquiries",
    "dispatches": "dispatches",
    "transfers": "refunds?list=by_hand",
    "failed_refunds": "refunds?list=failed",
    "payouts": "payouts",
    "to_buy": "purchasing",
    "late_supplies": "late-supplies",
    "coming": "supplies",
    "notices": "notices",
}
SERVICE = (
    *("follow_ups", "cases", "review", "calls", "holds"),
    *("promises", "owed", "untied", "notices"),
)
BY_ROLE: dict[str, tuple[str, ...]] = {
    Role.AGENT: SERVICE,
    Role.SENIOR: SERVICE,
    Role.AFTERSALES: ("cases", "calls", "follow_ups", "holds", "untied", "shipped", "notices"),
    Role.WAREHOUSE: (
        *("stops", "late_parcels", "first_parcels", "warehouse", "carriers"),
        *("follow_ups", "notices"),
    ),
    Role.LOGISTICS: (
        *("troubles", "enquiries", "dispatches", "carriers", "shipped"),
        *("follow_ups", "notices"),
    ),
    Role.PURCHASING: (
        *("to_buy", "late_supplies", "coming", "arrived"),
        *("goods", "follow_ups", "notices"),
    ),
    Role.SUPERVISOR: ("promises", "review", "holds", "calls", "untied", "follow_ups", "notices"),
    Role.FINANCE: (
        *("transfers", "failed_refunds", "payouts", "review"),
        *("owed", "part", "untied", "follow_ups", "notices"),
    ),
    Role.OWNER: ("promises", "holds", "owed", "untied", "follow_ups", "notices"),
}


def sections_of(user: Any, now: datetime) -> list[Section]:
    """In the order in which this role works; one query each."""
    search, sections = reverse("search"), []
    for key in BY_ROLE[user.role]:
        title, empty, rows, drawn, query = SECTIONS[key]
        more = address(_MORE[key]) if key in _MORE else f"{search}{query}" if query else ""
        template = f"desk/sections/{drawn}.html"
        sections.append(Section(key, title, empty, template, rows(user, now)[:SHOWN], more))
    return sections


def address(name: str) -> str:
    """Of an address's name, with the list that is asked for behind it (`refunds?list=by_hand`)."""
    name, mark, asked = name.partition("?")
    return f"{reverse(name)}{mark}{asked}"


def stages_of(user: Any, now: datetime) -> list[Stage]:
    """How much stands at which step, for the roles that work there; one query."""
    return stages(user, now) if user.role in (Role.WAREHOUSE, Role.LOGISTICS) else []
