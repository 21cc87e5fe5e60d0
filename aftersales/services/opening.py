"""Open a case: what every kind writes (SOP 1.4.a). The kinds' own acts call it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from aftersales.models import Case, CaseLine
from aftersales.rules import Reason
from aftersales.selectors.versions import rules_of
from aftersales.services.versions import version_at
from aftersales.services.waiting import promise_it, set_waiting
from aftersales.words import CaseKind, WaitsFor
from core.acts import Actor, Change, Log
from core.masking import scrub
from orders.models import Order, OrderLine
from staff.selectors import office_calendar


@dataclass(frozen=True, slots=True)
class Opening:
    """A case as it begins. `pieces`: line of the order → how many; `waits_for`: what is first."""

    kind: CaseKind
    waits_for: WaitsFor
    reason: Reason | None = None
    pieces: Mapping[int, int] = field(default_factory=dict)
    wants: str = ""
    overruled: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)


def write_case(order: Order, opening: Opening, log: Log, *, by: Actor, now: datetime) -> Case:
    """The case with its lines, clock and first wait; inside a running act on the order."""
    count = Case.objects.filter(order=order).count()
    case = Case(
        number=f"{order.order_no}-C{count + 1}",
        shop=order.shop,
        order=order,
        version_of=version_at(order.paid_at or order.ordered_at),
        kind=opening.kind.value,
        wants=scrub(opening.wants)[:300],
        overruled=scrub(opening.overruled)[:200],
        details=dict(opening.details),
        opened_by_id=by.user_id,
        opened_name=by.name,
        opened_at=now,
        waits_since=now,
        due_at=now,
    )
    begin(case, opening, by=by, now=now)
    for line in OrderLine.objects.filter(order=order, pk__in=opening.pieces):
        CaseLine(
            case=case,
            line=line,
            sku_id=line.sku_id,
            label=line.label[:300],
            pieces=opening.pieces[line.pk],
        ).save()
    log.changed([Change("售后单", "", f"{case.number} {opening.kind.label}")])
    return case


def begin(case: Case, opening: Opening, *, by: Actor, now: datetime) -> None:
    """Reason, cost, clock and first wait, and who has it; saves it."""
    calendar = office_calendar()
    if opening.reason is not None:
        put_reason(case, opening.reason)
    case.give_to(by.user_id, by.name)
    promise_it(case, now, calendar)
    set_waiting(case, opening.waits_for, now, calendar)
    case.save(force_insert=True)


def put_reason(case: Case, reason: Reason) -> None:
    """Why, whose fault it is, and so who pays which way (SOP 1.4.c)."""
    cost = rules_of(case).cost(reason.fault) if case.version_of_id else None
    case.reason, case.reason_label = reason.code, reason.label
    case.fault = reason.fault.value
    case.pays_back = cost.back.value if cost else ""
    case.pays_out = cost.out.value if cost else ""
