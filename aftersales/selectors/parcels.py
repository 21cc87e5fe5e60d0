"""What is known of a parcel that the carrier keeps (SOP 1.4′.b)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.utils import timezone

from orders.models import Order
from warehouse.models import Tracking
from warehouse.selectors.tracking import term_of, terms


def kept_until(order: Order, now: datetime) -> date:
    """Until when its carrier keeps it: as tracking says, else so many days from now on."""
    row = Tracking.objects.filter(order=order, waybill=order.waybill).first()
    if row is not None and row.keeps_until is not None:
        return row.keeps_until
    days = term_of(order.carrier, terms()).keep_days
    return timezone.localdate(now) + timedelta(days=days)
