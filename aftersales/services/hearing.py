"""What rooms below answered to cases that wait for them: the money (architecture §1)."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Exists, F, OuterRef, QuerySet

from aftersales.models import Case
from aftersales.services.acting import locked_case
from aftersales.services.waiting import ended, standing, wait_for
from aftersales.words import CaseState, Outcome, WaitsFor
from core.acts import TIMER, Log
from core.sweeping import BATCH
from refunds.models.refund import OPEN
from refunds.words import RefundState
from staff.services.tell import tell


def paid_back() -> QuerySet[Case]:
    """Cases that wait for money none of which is on its way any more."""
    mine = Case.refunds.through.objects.filter(case_id=OuterRef("pk"))
    under_way = mine.filter(refund__state__in=OPEN)
    waiting = Case.objects.filter(state=CaseState.WAITING_MONEY.value)
    return waiting.filter(Exists(mine), ~Exists(under_way))


def hear_refunds(now: datetime, limit: int = BATCH) -> int:
    """The money went back, and the case is done; or it did not, and a person looks.

    Says how many.
    """
    found = list(paid_back().select_related("order__shop", "version_of").order_by("id")[:limit])
    for case in found:
        _hear(case, now)
    return len(found)


def _hear(case: Case, now: datetime) -> None:
    with locked_case("hear_refund", case, by=TIMER, now=now) as (row, log):
        if row.state != CaseState.WAITING_MONEY:
            return
        states = list(row.refunds.values_list("state", flat=True))
        if RefundState.SUCCEEDED in states:
            _paid(row, log, now)
        else:
            _not_paid(row, log, now)


def _paid(case: Case, log: Log, now: datetime) -> None:
    """Done; or what was not accepted is still here, and goes back to the customer."""
    if case.lines.filter(got__gt=F("accepted")).exists():
        wait_for(case, WaitsFor.SHIPPING, log, now)
        log.noted(f"钱退好了，{case.number} 不认可的退回买家", clause="1.4.f")
        return
    before = standing(case)
    case.resolve(now, Outcome.REFUNDED)
    ended(case, before, log)
    log.noted(f"钱退好了，{case.number} 办完", clause="1.4.f")


def _not_paid(case: Case, log: Log, now: datetime) -> None:
    wait_for(case, WaitsFor.DECISION, log, now)
    log.noted(f"退款没有退成，{case.number} 要再看", clause="1.4.f")
    text = f"售后单 {case.number} 的退款没有退成，请看看怎么办。"
    key = f"case:{case.pk}:unpaid:{case.version}"
    tell(text, to=case.owner_id, url=case.get_absolute_url(), key=key)
