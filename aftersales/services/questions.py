"""Open an enquiry or a complaint, and answer it (SOP 7.c)."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from aftersales.kinds import kind_of
from aftersales.models import Case
from aftersales.selectors.telling import tell_of
from aftersales.selectors.versions import rules_for
from aftersales.services.acting import case_act
from aftersales.services.opening import Opening, write_case
from aftersales.services.waiting import resolve
from aftersales.words import CaseKind, Outcome, WaitsFor
from core.acts import Actor
from core.masking import scrub
from core.models import Act
from core.verdict import Say
from orders.models import Order
from orders.policy import Contacted
from orders.services.acting import order_act


def open_question(
    order: Order,
    kind: CaseKind,
    asked: str,
    reason: str = "",
    *,
    by: Actor,
    now: datetime,
    seen: int | None = None,
    token: uuid.UUID | None = None,
    contact: Contacted | None = None,
) -> Act:
    """The customer asks or complains, and somebody has to find out (SOP 7.c).

    Raises Refused, Conflict, Repeated.
    """
    with order_act("open_case", order, by=by, seen=seen, token=token, contact=contact, now=now) as (
        order,
        log,
    ):
        kind_of(kind).may_open(order.facts()).require()
        why = rules_for(order).reason(reason) if reason else None
        case = write_case(
            order, Opening(kind, WaitsFor.WORK, why, wants=asked), log, by=by, now=now
        )
        log.noted(f"登记{kind.label} {case.number}", clause="7.c", reason=scrub(asked)[:300])
        log.tell(tell_of(case))
    return log.act


def answer_case(case: Case, answer: str, **common: Any) -> Act:
    """What was found out is told to the customer, and the case ends (SOP 7.c).

    Raises Refused, Conflict, Repeated.
    """
    with case_act("answer_case", case, **common) as (row, log):
        text = scrub(answer)[:300]
        resolve(row, log, common["now"], Outcome.SETTLED, text)
        log.noted(f"答复 {row.number}", clause="7.c", reason=text)
        log.tell(Say("case.answered", {"answer": text}))
    return log.act
