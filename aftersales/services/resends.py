"""Goods that are sent once more: a further order, and the case hears how it goes (SOP 3.b)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from aftersales.models import Case, CaseOrder
from aftersales.models.case import OPEN
from aftersales.selectors.left import too_many
from aftersales.selectors.telling import values_of
from aftersales.selectors.versions import rules_of
from aftersales.services.acting import case_act, heard, order_of
from aftersales.services.inspection import put_away
from aftersales.services.waiting import NOT_SENT, usual, wait_for
from aftersales.words import CaseKind, OrderRole, WaitsFor
from core.models import Act
from core.money import ZERO
from core.sweeping import BATCH
from core.verdict import Say, no
from orders.services.resend import Resend, send_again
from orders.words import Relation
from refunds.words import FreightPayer
from staff.services.tell import tell
from stock.models import Sku

W = WaitsFor
_WAITING = [W.SHIPPING.value, W.TOP_UP.value]
_EARLY = [W.SENDING.value, W.ARRIVAL.value]  # theirs is still to come
_RESEND = OrderRole.RESEND.value
_AGAIN = [_RESEND, OrderRole.NEW.value]


def resend_goods(case: Case, **common: Any) -> Act:
    """What came back, or never arrived, is sent again under a further order (SOP 3.b, 1.4.e).

    At the customer's cost it waits until they paid the freight. Raises Refused, Conflict, Repeated.
    """
    by, now = common["by"], common["now"]
    with case_act("resend_goods", case, **common) as (row, log):
        _not_gone(row)
        theirs = row.pays_out == FreightPayer.BUYER
        freight = rules_of(row).freight if theirs else ZERO
        if row.kind == CaseKind.UNDELIVERABLE:  # what came back is what goes out again
            put_away(row, now)
        why = f"{row.number} {row.reason_label}"
        what_goes = Resend(_goods(row), Relation.RESEND, why, freight=freight)
        order = send_again(order_of(row), what_goes, by=by, now=now)
        CaseOrder.objects.create(case=row, order=order, role=_RESEND, at=now)
        what = W.TOP_UP if freight else W.SHIPPING
        wait_for(row, what, log, now, usual(row, what, now))  # our goods: silence closes nothing
        log.noted(f"补发 {order.order_no}（{row.number}）", clause="3.b", reason=row.reason_label)
        key = "case.sent_again.theirs" if freight else "case.sent_again"
        log.tell(Say(key, values_of(row)))
    return log.act


def _not_gone(case: Case) -> None:
    """What is missing is sent for nothing only where nobody gave its money back since (3.b)."""
    if case.kind != CaseKind.RESHIP:
        return
    pieces = {line.line_id: line.pieces for line in case.lines.all() if line.line_id}
    if more := too_many(order_of(case), pieces, CaseKind.RESHIP, besides=case):
        said = f"{more}已经在退款，或者别的售后单也在办，不能再补发。"
        no("3.b", said, instead="看看这一单的退款和别的售后单；不用补发的撤回。").require()


def _goods(case: Case) -> list[tuple[Sku, int]]:
    """What was accepted of what came; of what never came, all."""
    lines = list(case.lines.filter(line__isnull=False).select_related("sku", "line").order_by("id"))
    here = any(line.got for line in lines)
    counted = [(line.sku, line.owed if here else line.pieces) for line in lines]
    return [(sku, pieces) for sku, pieces in counted if sku is not None and pieces]


# -- how it goes on --------------------------------------------------------------------------------


def closed() -> QuerySet[Case]:
    """Cases whose further order was closed before it left; that it left hears `hearing`."""
    rows = CaseOrder.objects.filter(case=OuterRef("pk"), role__in=_AGAIN)
    early = Q(kind=CaseKind.EXCHANGE.value, waits_for__in=_EARLY)
    waiting = Case.objects.filter(Q(waits_for__in=_WAITING) | early, state__in=OPEN)
    return waiting.filter(Exists(rows.filter(NOT_SENT)))


def hear_closed(now: datetime, limit: int = BATCH) -> int:
    """It is not sent after all, and a person looks; what was sent early is sent when theirs is here
    (SOP 1.4.c). Says how many.
    """
    found = list(closed().select_related("order__shop", "version_of").order_by("id")[:limit])
    for case in found:
        with heard("hear_resend", case, now) as (row, log):
            gone = row.orders.filter(NOT_SENT, role__in=_AGAIN)
            numbers = "、".join(one.order.order_no for one in gone.select_related("order"))
            clause = "3.b" if row.kind == CaseKind.RESHIP else "1.4.f"
            gone.delete()
            row.details = {k: v for k, v in row.details.items() if k != "sends_back"}
            decided = W.DECISION if row.arrived_at else W.WORK
            wait_for(row, decided if row.waits_for in _WAITING else W(row.waits_for), log, now)
            log.noted(f"新单 {numbers} 关闭了，{row.number} 要再看", clause=clause)
            text = f"售后单 {row.number} 的新单 {numbers} 关闭了，请看看怎么办。"
            key = f"case:{row.pk}:unsent:{row.version}"
            tell(text, to=row.owner_id, url=row.get_absolute_url(), key=key)
    return len(found)
