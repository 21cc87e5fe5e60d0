"""Evidence of a refund (SOP 1.5); what is kept and how stands in `core.evidence`."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from core.acts import Actor, lock
from core.evidence.keeping import IN_ALL, Kept
from core.models import Act
from core.verdict import no
from orders.models import Order
from orders.services.acting import order_act
from refunds import policy
from refunds.models import Evidence, Refund

FOLDER = "refunds"


def attach(refund: Refund, kept: Sequence[Kept], by: Actor, now: datetime) -> None:
    """These files belong to the refund; inside a running act."""
    Evidence.objects.bulk_create(
        Evidence(
            refund=refund,
            name=one.name,
            kind=one.kind,
            size=one.size,
            place=one.place,
            by_name=by.name,
            at=now,
        )
        for one in kept
    )


def add_evidence(
    order: Order,
    refund: Refund,
    kept: Sequence[Kept],
    *,
    by: Actor,
    now: datetime,
    seen: int | None = None,
    token: uuid.UUID | None = None,
) -> Act:
    """Add pictures or documents while it is open; no edit, so the version stays.

    Raises Refused, Repeated.
    """
    with order_act("add_evidence", order, by=by, token=token, now=now) as (order, log):
        row = lock(refund)
        policy.may_add_evidence(row.facts(gone=policy.gone(order.facts([])))).require()
        if row.evidence.count() + len(kept) > IN_ALL:
            no("1.5", f"一笔退款最多 {IN_ALL} 个凭证。", instead="挑最能说明问题的传。").require()
        attach(row, kept, by, now)
        log.noted(f"补退款凭证 {len(kept)} 个（{row.number}）", clause="1.5")
    return log.act
