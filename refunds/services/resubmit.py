"""Hand a refund in again with what was missing (退回补充, SOP 1.5.c)."""

from __future__ import annotations

import uuid
from datetime import datetime

from core.acts import Actor, Change, lock
from core.masking import scrub
from core.models import Act
from orders.models import Order
from orders.services.acting import order_act
from refunds import policy
from refunds.models import Refund
from refunds.services.assess import assess
from refunds.services.withdraw import facts_of
from refunds.words import Fault, FreightPayer


def resubmit_refund(
    order: Order,
    refund: Refund,
    *,
    fault: Fault | None,
    freight_payer: FreightPayer | None,
    why: str,
    by: Actor,
    now: datetime,
    seen: int | None = None,
    token: uuid.UUID | None = None,
) -> Act:
    """Fault, freight and explanation are added; earlier decisions count no more.

    Raises Refused, Conflict, Repeated.
    """
    with order_act("resubmit_refund", order, by=by, seen=seen, token=token, now=now) as (
        order,
        log,
    ):
        row = lock(refund)
        policy.may_resubmit_so(facts_of(row, order), fault).require()
        before = row.get_state_display()
        row.fault = fault or row.fault
        row.freight_payer = freight_payer or row.freight_payer
        row.why = scrub(why)[:300] or row.why
        row.resubmit()
        assess(order, row, now)
        log.changed([Change(f"退款 {row.number}", before, row.get_state_display())])
        log.noted(f"补充后再送审（{row.number}）", clause="1.5", reason=why)
    return log.act
