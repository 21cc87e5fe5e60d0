"""The call list: buyers to be asked, by the goods that they wait for (待联系, SOP 1.3.a, 2.b)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import (
    CharField,
    Exists,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    prefetch_related_objects,
)
from django.db.models.functions import Cast

from core.keyset import Page, page
from orders.models import Contact, Hold, Order, OrderLine
from orders.selectors.review_queue import with_claims
from orders.selectors.short import waiting
from orders.selectors.shortage import expected_dates
from orders.words import HoldKind, HoldState
from stock.models import Sku
from stock.selectors.supply import to_come

CALL_KINDS = (HoldKind.REVIEW, HoldKind.STOCK_OUT, HoldKind.CUSTOMER, HoldKind.GOODS)

# How the list may be sorted: by the day to call, by worth and age, by age (SOP 1.3.a).
SORTS = {
    "": ("call_at", "id"),
    "worth": ("-worth", "opened_at", "id"),
    "age": ("opened_at", "id"),
}


@dataclass(frozen=True, slots=True)
class Group:
    """Rows of a page that wait for one SKU, with what will come of it, by day; None: for none."""

    sku: Sku | None
    arrivals: list[tuple[date, int]]
    rows: list[Hold] = field(default_factory=list)


def to_call(user: Any) -> QuerySet[Hold]:
    """Buyers to be contacted, for the orders of one's shops; those of later days, too.

    Who considers was asked about what was short before, and is called again once (SOP 1.3.d).
    """
    rows = Hold.objects.filter(state=HoldState.OPEN.value, call_at__isnull=False)
    asked = {"order": OuterRef("order"), "opened_at__gte": OuterRef("opened_at")}
    considers = rows.filter(kind=HoldKind.CUSTOMER.value, **asked)
    rows = rows.exclude(Q(kind=HoldKind.STOCK_OUT.value) & Exists(considers))
    return rows.filter(order__shop__code__in=user.shop_codes) if user.shop_codes else rows


def calls_page(
    user: Any, kind: str, sku: Sku | None, cursor: str, now: datetime, sort: str = ""
) -> tuple[Page[Hold], list[Group]]:
    """A page of the call list, due first, and its rows by goods; raises BadCursor.

    `sort`: by what the order is worth, or who waits longest. `sku`: only who waits for it. A fixed
    number of queries.
    """
    rows = to_call(user).select_related("order__shop")
    where = Q(kind=kind) if kind else Q()
    if sku is not None:
        where &= _about(sku)
    mark = f"calls-{kind}-{sku.pk if sku else ''}-{sort}"
    order = SORTS.get(sort, SORTS[""])
    if sort == "worth":  # its two directions want one range, and nothing that is looked through
        rows, where = rows.filter(where), Q()
    found = page(rows, order, cursor, where=where or None, mark=mark)
    orders = list({hold.order_id: hold.order for hold in found.rows}.values())
    with_claims(orders, "call", now)
    _with_last_contact(orders)
    _with_short_lines(orders)
    by_key = {order.pk: order for order in orders}
    for hold in found.rows:
        hold.order = by_key[hold.order_id]
    return found, _by_goods(found.rows, sku, runs=bool(sort))


def _about(sku: Sku) -> Q:
    """Holds of orders that wait for it; of what one line lacks, only where it is such a line."""
    lines = waiting([sku.pk]).order_by()
    causes = lines.annotate(cause=Cast("pk", CharField())).values("cause")
    of_its_line = ~Q(kind=HoldKind.STOCK_OUT) | Q(cause="") | Q(cause__in=causes)
    return Q(order__in=lines.values("order")) & of_its_line


def _with_last_contact(orders: Sequence[Order]) -> None:
    """Each order's `tried`: its newest contact about a call. One query."""
    calls = Contact.objects.filter(about="contact").order_by("-at", "-id")
    prefetch_related_objects(list(orders), Prefetch("contacts", calls, to_attr="tried"))


def _with_short_lines(orders: Sequence[Order]) -> None:
    """Each order's `waits`: its lines that wait for goods. Two queries."""
    short = OrderLine.objects.filter(short_since__isnull=False, sku__isnull=False)
    lines = Prefetch("lines", short.select_related("sku").order_by("id"), to_attr="waits")
    prefetch_related_objects(list(orders), lines)


def _by_goods(holds: Sequence[Hold], only: Sku | None, *, runs: bool) -> list[Group]:
    """Groups in the order of their most urgent row; each row learns its `line` and `expected`.

    `runs`: the rows stay in their order, and only those that stand together make a group.
    """
    lines = {hold.pk: _line_of(hold, only) for hold in holds}
    known = [line for line in lines.values() if line is not None]
    dates = expected_dates(known)
    coming = to_come({line.sku_id for line in known if line.sku_id}) if known else {}
    groups, newest = list[Group](), dict[int | None, Group]()
    for hold in holds:
        line = lines[hold.pk]
        sku = line.sku if line else None
        key = sku.pk if sku else None
        group = newest.get(key)
        if group is None or (runs and group is not groups[-1]):
            group = newest[key] = Group(sku, coming.get(key or 0, []))
            groups.append(group)
        hold.line, hold.expected = line, dates.get(line.pk) if line else None  # type: ignore[attr-defined]
        group.rows.append(hold)
    return groups


def _line_of(hold: Hold, only: Sku | None) -> OrderLine | None:
    """The line that it is about; of a hold on the whole order, the first that waits for goods."""
    lines: list[OrderLine] = hold.order.waits  # type: ignore[attr-defined]
    named = {str(line.pk): line for line in lines}
    asked = [line for line in lines if only is not None and line.sku_id == only.pk]
    return named.get(hold.cause) or next(iter([*asked, *lines]), None)


def attempts(order: Order) -> list[Contact]:
    """What was tried and said lately, newest first."""
    return list(order.contacts.select_related("by").order_by("-at", "-id")[:5])
