"""The parcel that comes to us, or goes back to the customer (SOP 1.4.d, 1.4.f)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import F

from aftersales.models import Case
from aftersales.selectors.telling import tell_of, values_of
from aftersales.selectors.unowned import lying
from aftersales.services.acting import case_act
from aftersales.services.waiting import resolve, wait_for
from aftersales.words import OrderRole, Outcome, WaitsFor
from core.acts import Change, Log
from core.masking import scrub
from core.models import Act
from core.verdict import Say
from orders.words import CARRIERS
from refunds.words import RefundState
from staff.roles import Role
from staff.services.tell import tell
from warehouse.services.tracking import follow_back


def note_waybill(
    case: Case, carrier: str, waybill: str, freight: Decimal | None = None, **common: Any
) -> Act:
    """The buyer has sent it: from now on the parcel is waited for (SOP 1.4.d).

    `freight`: what they say that they paid for it, yuan, where it is at our cost.

    Raises Refused, Conflict, Repeated.
    """
    with case_act("note_waybill", case, **common) as (row, log):
        log.changed([Change("寄回运单号", row.waybill, waybill)], row)
        row.carrier, row.waybill = carrier, waybill
        if freight is not None:
            row.details = {**row.details, "freight": str(freight)}
        if row.order is not None:
            follow_back(row.order, carrier, waybill, common["now"])
        _on_its_way(row, log, common["now"])
        log.noted(f"买家寄回 {row.number}：{waybill}", clause="1.4.d")
        _here_already(row, waybill)
        log.tell(tell_of(row))
    return log.act


def _on_its_way(case: Case, log: Log, now: datetime) -> None:
    """It is waited for; a question stays open, and silence closes nothing any more."""
    if case.waits_for == WaitsFor.ANSWER:
        case.details = {**case.details, "waited_for": WaitsFor.ARRIVAL.value}
        case.close_at = None
    elif case.waits_for != WaitsFor.ARRIVAL:
        wait_for(case, WaitsFor.ARRIVAL, log, now)


def _here_already(case: Case, waybill: str) -> None:
    """It came before anybody knew whose it is: after-sales hears that it can be tied."""
    if (lies := lying(waybill)) is not None:
        text = f"无主件 {lies.number} 的运单号就是 {case.number} 的，请认过去。"
        key = f"case:{lies.pk}:waybill:{case.pk}"
        tell(text, role=Role.AFTERSALES, url=lies.get_absolute_url(), key=key)


def send_back(case: Case, why: str, **common: Any) -> Act:
    """What came goes back to the customer; the warehouse sends it (SOP 1.4.f).

    Raises Refused, Conflict, Repeated.
    """
    with case_act("send_back", case, **common) as (row, log):
        why = scrub(why)[:200]
        row.details = {**row.details, "why": why}
        _goes_back(row, log, common["now"])
        log.noted(f"退回买家（{row.number}）", clause="1.4.f", reason=why)
        log.tell(tell_of(row))
    return log.act


def refused_go_back(case: Case, log: Log, now: datetime) -> bool:
    """What came and was not accepted is the customer's: are there pieces that wait to be sent back
    now (SOP 1.4.f)? Inside a running act.
    """
    if not case.lines.filter(got__gt=F("accepted")).exists():
        return False
    _goes_back(case, log, now)
    return True


def _goes_back(case: Case, log: Log, now: datetime) -> None:
    """The warehouse has it, and hears that it is to be sent."""
    case.details = {**case.details, "sends_back": True}
    wait_for(case, WaitsFor.SHIPPING, log, now)
    text = f"{case.number} 的货要退回买家：请打包寄出，填运单号。"
    key = f"case:{case.pk}:back:{case.version}"
    tell(text, role=Role.WAREHOUSE, url=case.get_absolute_url(), key=key)


def record_sent(case: Case, carrier: str, waybill: str, **common: Any) -> Act:
    """It left: with which waybill; the case is done (SOP 1.4.f). Raises Refused, Conflict, …"""
    with case_act("record_sent", case, **common) as (row, log):
        row.details = {**row.details, "out_carrier": carrier, "out_waybill": waybill}
        resolve(row, log, common["now"], _outcome(row), str(row.details.get("why", "")))
        log.changed([Change("寄出运单号", "", waybill)], row)
        log.noted(f"退回买家已寄出（{row.number}）：{waybill}", clause="1.4.f")
        out = {"carrier": CARRIERS.get(carrier, carrier), "waybill": waybill}
        log.tell(Say("case.went_back", values_of(row) | out))
        if row.owner_id not in (None, common["by"].user_id):
            text = f"{row.number} 的货寄回给买家了：{waybill}，请告诉买家。"
            tell(text, to=row.owner_id, url=row.get_absolute_url(), key=f"case:{row.pk}:went")
    return log.act


def _outcome(case: Case) -> Outcome:
    """What else was done, before the rest went back."""
    if case.orders.filter(role__in=[OrderRole.NEW.value, OrderRole.RESEND.value]).exists():
        return Outcome.RESENT
    paid = case.refunds.filter(state=RefundState.SUCCEEDED.value).exists()
    return Outcome.REFUNDED if paid else Outcome.SENT_BACK
