"""What the house knows of a carrier is kept (SOP 1.4′.b)."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from core.acts import Actor, act_on
from orders.words import CARRIERS
from warehouse.models import CarrierTerm

NAMES = ("keep_days", "quiet_h", "phone")


def save_carrier(
    carrier: str,
    values: Mapping[str, Any],
    *,
    by: Actor,
    now: datetime,
    token: uuid.UUID | None = None,
) -> CarrierTerm:
    """Days that it keeps a parcel, hours that it may be quiet, its telephone. Raises Repeated."""
    rows: list[CarrierTerm] = []
    with act_on("save_carriers", rows, by=by, now=now, token=token, clause="1.4′.b") as (_, log):
        term = CarrierTerm.objects.filter(carrier=carrier).first() or CarrierTerm(carrier=carrier)
        before = {name: getattr(term, name) for name in NAMES}
        for name in NAMES:
            setattr(term, name, values[name])
        term.save()
        changed = [name for name in NAMES if before[name] != values[name]]
        labels = [str(CarrierTerm._meta.get_field(name).verbose_name) for name in changed]  # type: ignore[union-attr]
        log.about(term)
        log.noted(f"{CARRIERS[carrier]}：{'、'.join(labels) or '没有改动'}")
    return term
