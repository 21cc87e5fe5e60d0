"""Another waybill number for a parcel whose label or number is no good (SOP 2.g)."""

from __future__ import annotations

import uuid
from datetime import datetime

from core.acts import Actor, act_on, flush, lock
from warehouse.models import Parcel, WaybillNumber
from warehouse.selectors.parcels import facts_of
from warehouse.selectors.waybills import may_replace
from warehouse.services.steps import require_free
from warehouse.services.waybills.assign import Assigned, assign
from warehouse.services.waybills.void import void
from warehouse.words import WaybillSource


def replace_waybill(
    parcel: Parcel, why: str, *, by: Actor, now: datetime, token: uuid.UUID | None = None
) -> Assigned:
    """Void the parcel's number for ever and give it the next one of its source (SOP 2.g).

    The interface may take some seconds, and an empty pool leaves it to the scan at the ship
    station. Raises Refused, Barred, Repeated.
    """
    with act_on(
        "replace_waybill", [parcel.order], by=by, now=now, token=token, clause="2.g", reason=why
    ) as (_, log):
        row = lock(parcel)
        old = row.waybill
        require_free(may_replace(row), facts_of(row))
        _known(row, now)
        void([row], now=now)
        row.waybill = ""
        flush(row)
        given = assign([row], now=now)
        row.refresh_from_db(fields=["waybill"])
        log.noted(f"换运单号 {row.number}：{old} 作废，{given.said}", clause="2.g", reason=why)
    return given


def _known(parcel: Parcel, now: datetime) -> None:
    """A number that came without a row gets one: what is void is refused wherever it is scanned."""
    WaybillNumber.objects.update_or_create(
        carrier=parcel.carrier,
        number=parcel.waybill,
        defaults={"parcel": parcel},
        create_defaults={
            "source": WaybillSource.SCAN,
            "parcel": parcel,
            "added_at": now,
            "used_at": now,
        },
    )
