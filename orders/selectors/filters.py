"""The filters of a list: kept in the address, said in words (screens 15)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from core.keyset import REACH
from orders.models import Hold, Order, Shop
from orders.models.indexes import FILTERED
from orders.words import Channel, HoldKind, OrderState, Terms

MONEY: dict[str, tuple[str, Q]] = {
    "part": ("部分付款", FILTERED["order_part"]),
    "over": ("多付", FILTERED["order_over"]),
    "owed": ("应退差价", FILTERED["order_owed"]),
    "top_up": ("补差价未付", Q()),  # an open hold
    "untied": ("补差价未关联", FILTERED["order_untied"]),
    "refund": ("有退款", FILTERED["order_refunding"]),
}
AT_RISK_H = 12  # hours before the promise, where no shop says otherwise
# Each of the three states has an index by `ship_by` (SOP 5.h).
UNSHIPPED = Q(state="paid") | Q(state="picking") | Q(state="packed")
OTHER: dict[str, tuple[str, Q]] = {
    "modified": ("已修改", FILTERED["order_modified"]),
    "released": ("已下发仓库", FILTERED["order_released"]),
    "unreleased": ("未下发", FILTERED["order_unreleased"]),
    "late": ("过了承诺发货", UNSHIPPED),  # and `ship_by` before now
    "at_risk": ("快到承诺发货", UNSHIPPED),  # and `ship_by` within the shop's hours
    "follow": ("我要跟进的", Q(follow_up_on__isnull=False)),  # by me, until today
    "masked": ("信息被遮盖", FILTERED["order_masked"]),
    "unclear": ("明细待确认", FILTERED["order_unclear"]),
    "paid_late": ("关闭后付款", FILTERED["order_paid_late"]),
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
        shop=data.get("shop", "").replace("\0", "")[:32],
        since=_day(data.get("since", "")),
        until=_day(data.get("until", "")),
        **values,
    )


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 1 < day.year < 9999 else None  # the day after must exist, in UTC, too


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


# -- what is asked of the database --------------------------------------------------------------


def shops_of(user: Any) -> list[Shop]:
    """The shops that this person works for, by name; all where none are named (None: nobody)."""
    shops = Shop.objects.order_by("name", "code")
    if user is not None and user.shop_codes:
        shops = shops.filter(code__in=user.shop_codes)
    return list(shops)


@dataclass(frozen=True, slots=True)
class Narrowing:
    """Filters as conditions by their names, the shops apart (None: all)."""

    conditions: dict[str, Q]
    time: Q
    shops: tuple[int, ...] | None = None

    def where(self, but: str = "", *, time: bool = True) -> Q | None:
        """All conditions together, but the one that an index serves; None where none is left."""
        left = {name: q for name, q in self.conditions.items() if name != but}
        if self.shops is not None and but != "shop":
            left["shop"] = Q(shop_id__in=self.shops)
        if time and self.time:
            left["time"] = self.time
        together = Q()
        for condition in left.values():
            together &= condition
        return together or None


def narrowing(
    filters: Filters, user: Any, shops: Sequence[Shop], now: datetime | None = None
) -> Narrowing:
    """What the filters ask, within the shops that this person may see."""
    now = now or timezone.now()
    conditions = {
        "hold": _held(filters.hold) if filters.hold else Q(),
        "money": _money(filters.money),
        "other": _other(filters.other, user, now, shops),
        "terms": _terms(filters.terms),
        "state": Q(state=filters.state) if filters.state else Q(),
    }
    limited = bool(filters.shop or filters.channel or (user is not None and user.shop_codes))
    fitting = tuple(
        shop.pk
        for shop in shops
        if filters.shop in ("", shop.code) and filters.channel in ("", shop.channel)
    )
    return Narrowing(
        {name: q for name, q in conditions.items() if q},
        _time(filters),
        fitting if limited else None,
    )


def narrow(orders: QuerySet[Order], filters: Filters, user: Any = None) -> QuerySet[Order]:
    """The orders that pass all filters, in no order."""
    where = narrowing(filters, user, shops_of(user)).where()
    return orders.filter(where) if where else orders


def _terms(terms: str) -> Q:
    """Said in the words of the partial index, too: SQLite takes it by no others."""
    seldom = ~Q(terms=Terms.PREPAID.value) if terms != Terms.PREPAID else Q()
    return Q(terms=terms) & seldom if terms else Q()


def _held(kind: str) -> Q:
    return Q(Exists(Hold.objects.filter(order=OuterRef("pk"), kind=kind, state="open")))


def _money(name: str) -> Q:
    if name == "top_up":
        return _held(HoldKind.TOP_UP)
    return MONEY[name][1] if name else Q()


def _other(name: str, user: Any, now: datetime, shops: Sequence[Shop] = ()) -> Q:
    if not name:
        return Q()
    condition = OTHER[name][1]
    if name == "late":
        return condition & Q(ship_by__lt=now)
    if name == "at_risk":
        return condition & Q(ship_by__gte=now) & _soon(shops, now)
    if name == "follow":
        mine = Q(follow_up_by=user) if user is not None else Q()
        return condition & Q(follow_up_on__lte=timezone.localdate(now)) & mine
    return condition


def _soon(shops: Sequence[Shop], now: datetime) -> Q:
    """Its shop's hours before the promise have begun (SOP 5.h)."""
    by_hours: dict[int, list[int]] = {}
    for shop in shops:
        by_hours.setdefault(shop.at_risk_h, []).append(shop.pk)
    latest = Q(ship_by__lt=now + timedelta(hours=max(by_hours, default=AT_RISK_H)))
    if len(by_hours) < 2:
        return latest
    each = Q()
    for hours, keys in by_hours.items():
        each |= Q(ship_by__lt=now + timedelta(hours=hours), shop_id__in=keys)
    return latest & each


def _time(filters: Filters) -> Q:
    since = Q(ordered_at__gte=_midnight(filters.since)) if filters.since else Q()
    until = filters.until and Q(ordered_at__lt=_midnight(filters.until + timedelta(days=1)))
    return since & until if until else since


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


# -- the index that serves a list without a text -------------------------------------------------

ALIVE = frozenset({"unpaid", "paid", "picking", "packed"})
MERGED_SHOPS = 8


def led(narrowing: Narrowing, filters: Filters) -> tuple[list[QuerySet[Order]], Q | None]:
    """Index ranges by the filter that leaves least, and what is left to look through them for.

    Work lists (holds, late, follow-ups) are sets of at most `REACH` rows; money and other states
    have partial indexes; then live states, shops, other states, time alone.
    """
    recent = Order.objects.filter(narrowing.time)
    lead = _lead(narrowing, filters)
    ranges = [recent]
    listed = _work_list(narrowing, filters, lead)
    if listed is not None:
        return [recent.filter(narrowing.where(lead, time=False) or Q(), pk__in=listed)], None
    if lead == "shop":
        ranges = [recent.filter(shop_id=pk) for pk in narrowing.shops or ()]
    elif lead:
        ranges = [recent.filter(narrowing.conditions[lead])]
    return ranges, narrowing.where(lead, time=False)


def _lead(narrowing: Narrowing, filters: Filters) -> str:
    names = list(narrowing.conditions)
    if filters.terms == Terms.PREPAID:
        names.remove("terms")  # nearly all orders: no index
    if narrowing.shops is not None and len(narrowing.shops) <= MERGED_SHOPS:
        names.append("shop")
        if filters.state not in ALIVE and names[0] == "state":
            return "shop"
    return names[0] if names else ""


_WORKED_BY = {"late": "-ship_by", "at_risk": "ship_by", "follow": "-follow_up_on"}


def _work_list(narrowing: Narrowing, filters: Filters, lead: str) -> QuerySet[Any] | None:
    """The newest of a work list by its own index, for those that have one."""
    if lead == "hold" or (filters.money == "top_up" and lead == "money"):
        kind = filters.hold if lead == "hold" else HoldKind.TOP_UP
        holds = Hold.objects.filter(kind=kind, state="open").order_by("-opened_at", "-id")
        return holds.values("order_id")[:REACH]
    if lead == "other" and filters.other in _WORKED_BY:
        by = _WORKED_BY[filters.other]
        return Order.objects.filter(narrowing.conditions[lead]).order_by(by).values("pk")[:REACH]
    return None


# -- what a row says -----------------------------------------------------------------------------


def money_states(order: Order, hold_kinds: Sequence[str] = ()) -> list[str]:
    """What is odd about an order's money, in words (SOP 1.1.f; yuan)."""
    rest = order.due - order.total_paid
    said = []
    if order.state != OrderState.CLOSED and rest and (rest < 0 or order.paid):
        said.append(f"还差 {rest:,.2f}" if rest > 0 else f"多付 {-rest:,.2f}")
    if order.owed_back:
        said.append(f"应退 {order.owed_back:,.2f}")
    if order.refund_reserved:
        said.append(f"有退款 {order.refund_reserved:,.2f}")
    if HoldKind.TOP_UP in hold_kinds:
        said.append(MONEY["top_up"][0])
    if order.is_top_up and order.top_up_for_id is None:
        said.append(MONEY["untied"][0])
    return said
