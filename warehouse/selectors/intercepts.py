"""The intercept board: the open holds that ask the warehouse, and where their parcels are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.http import Http404

from core.keyset import Page, page
from orders.models import Hold, Order
from orders.words import Stop
from warehouse.models import Parcel, Scan
from warehouse.words import ParcelState

TABS = {"asked": "等仓库回答", "stopped": "已拦下，等客服处理"}
_ORDER = {"asked": ("opened_at", "id"), "stopped": ("answered_at", "id")}


@dataclass(frozen=True, slots=True)
class Where:
    """Where a parcel is: itself, and the last scan of it."""

    parcel: Parcel | None = None
    scan: Scan | None = None


def holds_of(user: Any, tab: str = "asked") -> QuerySet[Hold]:
    """The open holds that ask, or (tab `stopped`) that were answered with a stop."""
    stop = Stop.STOPPED if tab == "stopped" else Stop.ASKED
    holds = Hold.objects.filter(state="open", stop=stop.value)
    return holds.filter(order__shop__code__in=user.shop_codes) if user.shop_codes else holds


def board(user: Any, tab: str, cursor: str) -> Page[Hold]:
    """A page of the board, the oldest first, each with its `where`; 3 queries.

    Raises BadCursor.
    """
    holds = holds_of(user, tab).select_related("order__shop")
    found = page(holds, _ORDER[tab], cursor, mark=f"stop-{tab}")
    places = whereabouts([hold.order_id for hold in found.rows])
    for hold in found.rows:
        hold.where = places.get(hold.order_id, Where())  # type: ignore[attr-defined]
    return found


def whereabouts(order_ids: Sequence[int]) -> dict[int, Where]:
    """The newest parcel of each order with its last scan, by the order's id; 2 queries."""
    last = Scan.objects.filter(parcel=OuterRef("pk")).order_by("-id").values("pk")[:1]
    parcels = Parcel.objects.filter(order__in=order_ids).select_related("wave")
    newest = {row.order_id: row for row in parcels.annotate(last=Subquery(last)).order_by("id")}
    keys = [row.last for row in newest.values() if row.last]
    scans = Scan.objects.select_related("by").in_bulk(keys)
    return {key: Where(row, scans.get(row.last)) for key, row in newest.items()}


def get_hold(user: Any, hold_id: int) -> Hold:
    """One hold of the person's shops with its order; another shop's is 404."""
    holds = Hold.objects.select_related("order__shop", "order__buyer")
    if user.shop_codes:
        holds = holds.filter(order__shop__code__in=user.shop_codes)
    hold = holds.filter(pk=hold_id).first()
    if hold is None:
        raise Http404(f"没有拦截 {hold_id}")
    return hold


def stop_of(order_id: int) -> Hold | None:
    """The oldest request to stop this order's parcel that waits for an answer."""
    asked = Hold.objects.filter(order=order_id, state="open", stop=Stop.ASKED.value)
    return asked.order_by("id").first()


def scanned(user: Any, code: str) -> tuple[str, Hold | None]:
    """The order's number that a scanned code means ('' for none), and its open request."""
    parcel = Parcel.objects.filter(number=code).select_related("order").first()
    order = parcel.order if parcel else None
    if order is None and code:
        order = Order.objects.filter(order_no=code).first() or _by_waybill(code)
    if order is None:
        return "", None
    hold = holds_of(user).filter(order=order).order_by("id").first()
    return order.order_no, hold


def _by_waybill(code: str) -> Order | None:
    on_parcel = Parcel.objects.filter(waybill=code).exclude(waybill="")
    parcel = on_parcel.exclude(state=ParcelState.STOPPED.value).select_related("order").first()
    if parcel is not None:
        return parcel.order
    return Order.objects.filter(waybill=code).exclude(waybill="").first()
