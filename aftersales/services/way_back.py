"""What tracking says of the parcel that a buyer sends back (SOP 1.4.d; architecture §1)."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from aftersales.models import Case
from aftersales.models.case import OPEN
from aftersales.services.acting import heard
from aftersales.services.waiting import wait_for
from aftersales.words import WaitsFor
from core.sweeping import BATCH
from staff.roles import Role
from staff.services.tell import tell
from warehouse.models import Tracking
from warehouse.words import TrackState

W = WaitsFor


def signed() -> QuerySet[Case]:
    """Cases whose parcel the carrier says it delivered to us, and nobody has counted it; also while
    the customer is asked something.
    """
    asked = Q(waits_for=W.ANSWER.value, details__waited_for=W.ARRIVAL.value)
    way = Tracking.objects.filter(order=OuterRef("order"), waybill=OuterRef("waybill"))
    here = way.filter(inbound=True, stage=TrackState.SIGNED.value)
    waits = Q(waits_for=W.ARRIVAL.value) | asked
    rows = Case.objects.filter(waits, Exists(here), state__in=OPEN)
    return rows.select_related("order__shop", "version_of")


def hear_signed(now: datetime, limit: int = BATCH) -> int:
    """From now on the dock is waited for, one working day; it hears of it. Says how many."""
    found = list(signed().order_by("id")[:limit])
    for case in found:
        with heard("hear_parcel", case, now) as (row, log):
            if not signed().filter(pk=row.pk).exists():
                continue
            if row.waits_for == W.ANSWER:
                row.details = {**row.details, "waited_for": W.SIGNED.value}
            else:
                wait_for(row, W.SIGNED, log, now)
            log.noted(f"快递说仓库签收了，还没有清点（{row.number}）", clause="1.4.d")
            text = f"退货 {row.number}（{row.waybill}）快递说已经签收，请找到包裹清点。"
            key = f"case:{row.pk}:signed:{row.version}"
            tell(text, role=Role.WAREHOUSE, url=row.get_absolute_url(), key=key)
    return len(found)
