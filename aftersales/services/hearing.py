"""What rooms below answered to cases that wait for them: money, further orders (§1)."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from aftersales.kinds import kind_of
from aftersales.models import Case, CaseOrder
from aftersales.models.case import OPEN as OPEN_CASES
from aftersales.selectors.facts import LEFT
from aftersales.services.acting import heard
from aftersales.services.exchanges import finish
from aftersales.services.inspection import put_away
from aftersales.services.parcels import refused_go_back
from aftersales.services.waiting import resolve, wait_for
from aftersales.words import CaseKind, CaseState, OrderRole, Outcome, WaitsFor
from core.acts import Log
from core.sweeping import BATCH
from orders.models import Hold
from orders.words import HoldKind, HoldState
from refunds.models.refund import OPEN
from refunds.words import RefundState
from staff.services.tell import tell

W = WaitsFor
_FEE = OrderRole.TOP_UP.value  # pays, and never leaves the house


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


def on_its_way() -> QuerySet[Case]:
    """Cases whose further order was paid for, or has left; not those of which only pieces that
    were not accepted wait to be sent back.
    """
    waiting = Case.objects.filter(state__in=OPEN_CASES, waits_for__in=[W.TOP_UP, W.SHIPPING])
    waiting = waiting.exclude(details__has_key="sends_back")
    orders = CaseOrder.objects.filter(case=OuterRef("pk")).exclude(role=_FEE)
    held = Hold.objects.filter(
        order=OuterRef("order_id"), kind=HoldKind.TOP_UP.value, state=HoldState.OPEN.value
    )
    left = orders.filter(LEFT)
    paid = orders.filter(~Exists(held))
    return waiting.filter(Q(Exists(left)) | (Q(waits_for=W.TOP_UP) & Exists(paid)))


def hear_orders(now: datetime, limit: int = BATCH) -> int:
    """The difference was paid, or the other goods have left: the case goes on. Says how many."""
    found = list(on_its_way().select_related("order__shop", "version_of").order_by("id")[:limit])
    for case in found:
        with heard("hear_order", case, now) as (row, log):
            if row.waits_for not in (W.TOP_UP, W.SHIPPING) or "sends_back" in row.details:
                continue
            orders = row.orders.exclude(role=_FEE)
            if orders.filter(LEFT).exists():
                finish(row, log, now)
            elif row.waits_for == W.TOP_UP:
                wait_for(row, W.SHIPPING, log, now)
                text = f"钱付了，{row.get_kind_display()} {row.number} 等仓库发出"
                log.noted(text, clause="1.4.e")
    return len(found)


def _hear(case: Case, now: datetime) -> None:
    with heard("hear_refund", case, now) as (row, log):
        if row.state != CaseState.WAITING_MONEY:
            return
        states = list(row.refunds.values_list("state", flat=True))
        if RefundState.SUCCEEDED in states:
            _paid(row, log, now)
        else:
            _not_paid(row, log, now)


def _paid(case: Case, log: Log, now: datetime) -> None:
    """What came back is ours now, and it is done; or what was not accepted is still here, and goes
    back to the customer.
    """
    put_away(case, now)
    if refused_go_back(case, log, now):
        log.noted(f"钱退好了，{case.number} 不认可的退回买家", clause="1.4.f")
        return
    resolve(case, log, now, Outcome.SETTLED if case.kind == CaseKind.SWAP else Outcome.REFUNDED)
    log.noted(f"钱退好了，{case.number} 办完", clause=_clause(case))


def _clause(case: Case) -> str:
    """Money for goods that came back, or what the kind itself is about."""
    kind = kind_of(case.kind)
    return "1.4.f" if kind.goods_come else kind.clause


def _not_paid(case: Case, log: Log, now: datetime) -> None:
    wait_for(case, W.DECISION if case.arrived_at else W.WORK, log, now)
    log.noted(f"退款没有退成，{case.number} 要再看", clause=_clause(case))
    text = f"售后单 {case.number} 的退款没有退成，请看看怎么办。"
    key = f"case:{case.pk}:unpaid:{case.version}"
    tell(text, to=case.owner_id, url=case.get_absolute_url(), key=key)
