"""Where an order's parcels are, for its page and for those who follow them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.timezone import localtime

from core.masking import scrub
from orders.models import Order, ShopAccount
from orders.situation import Situation
from warehouse.following import Seen, Term, situation
from warehouse.models import CarrierTerm, Dispatch, Enquiry, Tracking, TrackingEvent, Trouble
from warehouse.words import TrackSource, TrackState, TroubleKind

LINES = 100


def house_tracker() -> bool:
    """Has the house an account with somebody who follows parcels?"""
    known: Mapping[str, Mapping[str, str]] = settings.TRACKER_ACCOUNTS
    return any(known.get(s) and all(known[s].values()) for s in TrackSource)


def followable(orders: Sequence[Order]) -> set[int]:
    """The ids of the orders whose parcels somebody follows for us."""
    if house_tracker():
        return {order.pk for order in orders}
    own = ShopAccount.objects.filter(
        shop__in={order.shop_id for order in orders},
        system__in=[source.value for source in TrackSource],
        active=True,
    )
    shops = set(own.values_list("shop_id", flat=True))
    return {order.pk for order in orders if order.shop_id in shops}


def terms() -> dict[str, Term]:
    """What the owner says of each carrier; one query."""
    return {row.carrier: Term(row.keep_days, row.quiet_h) for row in CarrierTerm.objects.all()}


def term_of(carrier: str, known: Mapping[str, Term]) -> Term:
    return known.get(carrier, Term())


def followed(waybill: str) -> QuerySet[Tracking]:
    """All orders that this waybill carries."""
    return Tracking.objects.filter(waybill=waybill).select_related("order__shop").order_by("id")


def where_now() -> dict[str, Any]:
    """Annotations for an order's query: where it is, since when, what was said, what is wrong."""
    rows = Tracking.objects.filter(order=OuterRef("pk"), waybill=OuterRef("waybill"))
    names = ("stage", "last_at", "last_text", "trouble", "keeps_until")
    return {f"track_{name}": Subquery(rows.values(name)[:1]) for name in names}


def way_now(order: Order) -> Situation | None:
    """What matters on the way of an order that was asked for with `where_now()`."""
    row: Any = order
    if row.track_stage is None:
        return None
    return situation(
        Seen(
            TrackState(row.track_stage),
            order.carrier_name,
            order.waybill,
            localtime(row.track_last_at) if row.track_last_at else None,
            scrub(row.track_last_text).rstrip("。"),
            TroubleKind(row.track_trouble) if row.track_trouble else None,
            row.track_keeps_until,
        )
    )


@dataclass(frozen=True, slots=True)
class Way:
    """The card 物流 of one order."""

    tracking: Tracking | None
    lines: list[TrackingEvent] = field(default_factory=list)
    earlier: list[Tracking] = field(default_factory=list)
    troubles: list[Trouble] = field(default_factory=list)
    enquiries: list[Enquiry] = field(default_factory=list)
    dispatches: list[Dispatch] = field(default_factory=list)


def way_of(order: Order) -> Way:
    """What is known of the order's way: five queries whatever its history."""
    rows = list(Tracking.objects.filter(order=order, inbound=False).order_by("-id")[:10])
    now = next((row for row in rows if row.waybill == order.waybill), None)
    return Way(
        now,
        lines_of(now) if now else [],
        [row for row in rows if row is not now],
        list(Trouble.objects.filter(order=order).order_by("-id")[:10]),
        list(Enquiry.objects.filter(order=order).order_by("-id")[:20]),
        list(Dispatch.objects.filter(order=order).order_by("-id")[:20]),
    )


def inbound_of(order: Order) -> dict[str, Tracking]:
    """By waybill the parcels that the buyer sends back, those on their way (SOP 1.4.d)."""
    rows = Tracking.objects.filter(order=order, inbound=True, ended_at__isnull=True)
    return {row.waybill: row for row in rows.order_by("-id")}


def lines_now(order: Order) -> list[TrackingEvent]:
    """The lines of the parcel that the order has now, newest first; one query."""
    rows = TrackingEvent.objects.filter(
        tracking__order=order, tracking__waybill=order.waybill, tracking__inbound=False
    )
    return list(rows.order_by("-at", "-id")[:LINES]) if order.waybill else []


def lines_of(row: Tracking) -> list[TrackingEvent]:
    """The newest first; those of one second in the order in which the tracker told them."""
    return list(TrackingEvent.objects.filter(tracking=row).order_by("-at", "-id")[:LINES])
