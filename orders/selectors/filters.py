"""The filters of a list: kept in the address, said in words (screens 15)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from urllib.parse import urlencode

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from orders.models import Order
from orders.words import Channel, HoldKind, OrderState, Terms

PAID_IN_ALL = F("paid") + F("paid_by_platform") + F("topped_up")
MONEY: dict[str, tuple[str, Q]] = {
    "part": ("部分付款", Q(paid__gt=0, due__gt=PAID_IN_ALL) & ~Q(state="closed")),
    "over": ("多付", Q(due__lt=PAID_IN_ALL) & ~Q(state="closed")),
    "owed": ("应退差价", Q(owed_back__gt=0)),
    "top_up": ("补差价未付", Q(holds__kind="top_up", holds__state="open")),
    "untied": ("补差价未关联", Q(is_top_up=True, top_up_for__isnull=True)),
    "refund": ("退款未完", Q(refund_reserved__gt=0)),
}
OTHER: dict[str, tuple[str, Q]] = {
    "modified": ("已修改", Q(modified_at__isnull=False)),
    "released": ("已下发仓库", Q(released_at__isnull=False)),
    "unreleased": ("未下发", Q(released_at__isnull=True, state="paid")),
    "late": ("过了承诺发货", Q(state="paid", ship_by__isnull=False)),
    "masked": ("信息被遮盖", Q(masked=True)),
    "unclear": ("明细待确认", ~Q(lines_unclear="")),
}


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list is narrowed by. Empty means: not narrowed."""

    shop: str = ""
    channel: str = ""
    state: str = ""
    hold: str = ""
    money: str = ""
    terms: str = ""
    other: str = ""
    since: date | None = None
    until: date | None = None

    @property
    def any(self) -> bool:
        return self != Filters()

    def query(self) -> str:
        """As the end of an address."""
        return urlencode({n: v for n, v in self.values().items() if v})

    def values(self) -> dict[str, str]:
        return {name: str(getattr(self, name) or "") for name in self.__slots__}

    def without(self, name: str) -> Filters:
        return replace(self, **{name: getattr(Filters(), name)})


def parse(data: Mapping[str, str]) -> Filters:
    """Filters from an address; what makes no sense is left out."""
    known = {
        "channel": {c.value for c in Channel},
        "state": {s.value for s in OrderState},
        "hold": {k.value for k in HoldKind},
        "money": set(MONEY),
        "terms": {t.value for t in Terms},
        "other": set(OTHER),
    }
    values = {name: data[name] for name, ok in known.items() if data.get(name, "") in ok}
    return Filters(
        shop=data.get("shop", "")[:32],
        since=_day(data.get("since", "")),
        until=_day(data.get("until", "")),
        **values,
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def chips(filters: Filters, shop_names: Mapping[str, str]) -> list[tuple[str, str]]:
    """Each active filter as (field, words)."""
    words = {
        "shop": shop_names.get(filters.shop, filters.shop),
        "channel": Channel(filters.channel).label if filters.channel else "",
        "state": OrderState(filters.state).label if filters.state else "",
        "hold": f"挂起：{HoldKind(filters.hold).label}" if filters.hold else "",
        "money": MONEY[filters.money][0] if filters.money else "",
        "terms": Terms(filters.terms).label if filters.terms else "",
        "other": OTHER[filters.other][0] if filters.other else "",
        "since": f"{filters.since} 起" if filters.since else "",
        "until": f"{filters.until} 止" if filters.until else "",
    }
    return [(name, said) for name, said in words.items() if said]


def narrow(orders: QuerySet[Order], filters: Filters) -> QuerySet[Order]:
    """The orders that pass all filters."""
    if filters.shop:
        orders = orders.filter(shop__code=filters.shop)
    if filters.channel:
        orders = orders.filter(shop__channel=filters.channel)
    if filters.state:
        orders = orders.filter(state=filters.state)
    if filters.terms:
        orders = orders.filter(terms=filters.terms)
    if filters.hold:
        orders = orders.filter(holds__kind=filters.hold, holds__state="open").distinct()
    if filters.money:
        orders = orders.filter(MONEY[filters.money][1])
    return _by_time(orders, filters)


def _by_time(orders: QuerySet[Order], filters: Filters) -> QuerySet[Order]:
    if filters.other:
        orders = orders.filter(OTHER[filters.other][1])
        if filters.other == "late":
            orders = orders.filter(ship_by__lt=timezone.now())
    if filters.since:
        orders = orders.filter(ordered_at__gte=_midnight(filters.since))
    if filters.until:
        orders = orders.filter(ordered_at__lt=_midnight(filters.until + timedelta(days=1)))
    return orders


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


def money_state(order: Order) -> str:
    """What is odd about an order's money, in words; '' when nothing is."""
    rest: Decimal = order.due - order.total_paid
    if order.state == OrderState.CLOSED or order.paid == 0 or rest == 0:
        return ""
    return f"还差 {rest}" if rest > 0 else f"多付 {-rest}"
