"""Reship (补发, SOP 3.b): open one, and ask the carrier where the parcel is."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from aftersales.models import Case
from aftersales.selectors.telling import tell_of
from aftersales.selectors.versions import rules_for
from aftersales.services.acting import case_act, order_of
from aftersales.services.evidence import attach
from aftersales.services.goods_back import GoodsBack, verdict_for
from aftersales.services.opening import Opening, write_case
from aftersales.services.waiting import wait_for
from aftersales.words import CaseKind, WaitsFor
from core.acts import Actor
from core.evidence.keeping import Kept
from core.models import Act
from orders.models import Order
from orders.policy import Contacted
from orders.services.acting import order_act
from warehouse.services.enquiries import ask_carrier
from warehouse.words import EnquiryKind


def open_reship(
    order: Order,
    missing: GoodsBack,
    *,
    by: Actor,
    now: datetime,
    seen: int | None = None,
    token: uuid.UUID | None = None,
    contact: Contacted | None = None,
    evidence: Sequence[Kept] = (),
) -> Act:
    """So many pieces of which lines are missing, lost or damaged (SOP 3.b).

    Raises Refused, Conflict, Repeated.
    """
    with order_act("open_case", order, by=by, seen=seen, token=token, contact=contact, now=now) as (
        order,
        log,
    ):
        verdict_for(order, CaseKind.RESHIP, missing, now, senior=False).require()
        opening = Opening(
            CaseKind.RESHIP,
            WaitsFor.WORK,
            rules_for(order).reason(missing.reason),
            {line: pieces for line, pieces in missing.pieces.items() if pieces},
            missing.wants,
        )
        case = write_case(order, opening, log, by=by, now=now)
        attach(case, evidence, by, now)
        fault = case.get_fault_display()
        log.noted(f"登记补发 {case.number}：{case.reason_label}，{fault}", clause="3.b")
        log.tell(tell_of(case))
    return log.act


def ask_about_parcel(case: Case, said: str, due_at: datetime, **common: Any) -> Act:
    """Is it lost? The carrier is asked; its answer comes back to a person (SOP 3.b, 6.a).

    Raises Refused, Conflict, Repeated.
    """
    by, now = common["by"], common["now"]
    with case_act("ask_about_parcel", case, **common) as (row, log):
        ask_carrier(order_of(row), EnquiryKind.LOST, said or "没收到", due_at, by=by, now=now)
        wait_for(row, WaitsFor.CARRIER, log, now, due_at)
        log.noted(f"问快递（{row.number}）", clause="3.b", reason=said)
        log.tell(tell_of(row))
    return log.act
