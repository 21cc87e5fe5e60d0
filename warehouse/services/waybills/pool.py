"""Numbers that a carrier gave out in advance (SOP 2.g)."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db import models

from core.acts import Actor, act_on
from orders.words import CARRIERS
from warehouse.models import WaybillNumber
from warehouse.numbers import Read
from warehouse.words import WaybillSource

VERB = "import_waybills"


@dataclass(frozen=True, slots=True)
class Kept:
    """How many are new, and how many were there before."""

    new: int
    known: int


def import_waybills(
    carrier: str, read: Read, *, by: Actor, now: datetime, token: uuid.UUID | None = None
) -> Kept:
    """Put numbers into a carrier's pool; one that was ever there stays. Raises Repeated."""
    rows: list[models.Model] = []
    with act_on(VERB, rows, by=by, now=now, token=token) as (_, log):
        before = _count(carrier, read)
        WaybillNumber.objects.bulk_create(
            (
                WaybillNumber(
                    carrier=carrier, number=number, source=WaybillSource.POOL, added_at=now
                )
                for number in read.numbers
            ),
            ignore_conflicts=True,
            batch_size=1000,
        )
        kept = Kept(_count(carrier, read) - before, before)
        name = CARRIERS.get(carrier, carrier)
        log.noted(f"导入{name}运单号 {kept.new} 个，{kept.known} 个早就有", clause="2.g")
    return kept


def _count(carrier: str, read: Read) -> int:
    """How many of these numbers we have, asked in parts that any database takes."""
    numbers, count = read.numbers, 0
    for at in range(0, len(numbers), 1000):
        part = numbers[at : at + 1000]
        count += WaybillNumber.objects.filter(carrier=carrier, number__in=part).count()
    return count
