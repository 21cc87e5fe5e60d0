"""A waybill number that must not be used any more (SOP 1.1.d, 2.g)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from core.acts import TIMER, act
from orders.models import OldWaybill
from warehouse.models import Parcel, WaybillNumber
from warehouse.services.waybills.assign import cancel_later
from warehouse.words import WaybillSource


def void(parcels: Sequence[Parcel], *, now: datetime) -> int:
    """Void the numbers of parcels that are stopped, inside the act that stops them.

    A number is never given again: its label may still lie about. The interface is told, and a
    search still finds the order by it.
    """
    ids = [parcel.pk for parcel in parcels]
    rows = WaybillNumber.objects.filter(parcel__in=ids, voided_at=None)
    numbers = list(rows.select_related("parcel__order").order_by("pk"))
    rows.update(voided_at=now)
    for number in numbers:
        if number.parcel is None:
            continue
        OldWaybill.objects.get_or_create(
            order=number.parcel.order,
            number=number.number,
            defaults={"carrier": number.carrier, "at": now},
        )
        if number.source == WaybillSource.EORDER:
            cancel_later(number, number.parcel, now)
    return len(numbers)


def void_told(number: WaybillNumber, *, now: datetime) -> None:
    """The issuer knows it."""
    with act("void_waybill", number, by=TIMER, now=now) as (row, log):
        row.void_told_at = now
        log.noted(f"运单号 {row.number} 作废，快递已知", clause="2.g")
