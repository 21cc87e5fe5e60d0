"""What is known of a parcel that the carrier keeps (SOP 1.4′.b)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.utils import timezone

from aftersales.models import Case
from orders.models import Order
from warehouse.models import Tracking, TrackingEvent
from warehouse.selectors.tracking import lines_of, term_of, terms

SHOWN = 10


@dataclass(frozen=True, slots=True)
class WayBack:
    """Where the parcel is that the buyer sent, newest line first (SOP 1.4.d)."""

    tracking: Tracking | None = None
    lines: list[TrackingEvent] = field(default_factory=list)


def way_back(case: Case) -> WayBack:
    """What is known of it; two queries where a waybill was told."""
    if not case.waybill or case.order is None:
        return WayBack()
    rows = Tracking.objects.filter(order=case.order, waybill=case.waybill, inbound=True)
    row = rows.first()
    return WayBack(row, lines_of(row)[:SHOWN] if row else [])


def kept_until(order: Order, now: datetime) -> date:
    """Until when its carrier keeps it: as tracking says, else so many days from now on."""
    row = Tracking.objects.filter(order=order, waybill=order.waybill).first()
    if row is not None and row.keeps_until is not None:
        return row.keeps_until
    days = term_of(order.carrier, terms()).keep_days
    return timezone.localdate(now) + timedelta(days=days)
