"""Carriers are asked, and what they answer is kept (SOP 6.a, 3.b)."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import transaction

from core.acts import Actor, lock
from core.masking import scrub
from core.models import Act
from core.sweeping import BATCH, locked
from core.verdict import Say, Verdict
from orders.models import Order
from orders.policy import Contacted, Receiving
from orders.services.acting import order_act
from staff.roles import Role
from staff.services.tell import tell
from warehouse import following as policy
from warehouse.models import Enquiry, Tracking
from warehouse.words import EnquiryKind, EnquiryState


def ask_carrier(
    order: Order,
    kind: EnquiryKind,
    question: str,
    due_at: datetime,
    *,
    by: Actor,
    now: datetime,
    inbound: Tracking | None = None,
    to: Receiving | None = None,
    seen: int | None = None,
    token: uuid.UUID | None = None,
    contact: Contacted | None = None,
) -> Act:
    """Ask the carrier, or ask it for something; its answer is due (SOP 6.a, 3.b, 1.4.d).

    `inbound`: not about our parcel, but about the one that the buyer sends back. `to`: where it is
    to be brought instead. Not an edit, so the version stays. Raises Refused, Repeated.
    """
    with order_act("ask_carrier", order, by=by, token=token, contact=contact, now=now) as (
        order,
        log,
    ):
        _may_ask(order, kind, inbound).require()
        about: Tracking | Order = inbound or order
        row = _asked(about, order, kind, question, to)
        row.asked_at, row.asked_by_id, row.asked_name = now, by.user_id, by.name
        row.due_at = row.remind_at = due_at
        row.save()
        whose = "（买家寄回的）" if inbound else ""
        log.noted(f"联系快递{whose}：{kind.label}", clause="6.a", reason=question)
        log.tell(Say(f"enquiry.{kind.value}", {"carrier": about.carrier_name or "快递"}))
    return log.act


def _asked(
    about: Tracking | Order, order: Order, kind: EnquiryKind, question: str, to: Receiving | None
) -> Enquiry:
    """What is asked, and of which parcel."""
    return Enquiry(
        order=order,
        carrier=about.carrier,
        waybill=about.waybill,
        kind=kind.value,
        question=scrub(question)[:300],
        **_goes_to(to),
    )


def _goes_to(to: Receiving | None) -> dict[str, str]:
    if to is None:
        return {}
    place = " ".join(part for part in (to.province, to.city, to.district, to.street) if part)
    return {"to_name": to.consignee, "to_phone": to.mobile or to.telephone, "to_address": place}


def _may_ask(order: Order, kind: EnquiryKind, inbound: Tracking | None) -> Verdict:
    if inbound is not None:
        return policy.may_ask_inbound(kind)
    return policy.may_call_back(order.facts(), order.waybill, kind)


def answer_carrier(
    order: Order,
    enquiry: Enquiry,
    to: EnquiryState,
    answer: str,
    *,
    by: Actor,
    now: datetime,
    seen: int | None = None,
    token: uuid.UUID | None = None,
) -> Act:
    """Keep what the carrier said: done, or it cannot (SOP 6.a). Raises Refused, Repeated."""
    with order_act("answer_carrier", order, by=by, token=token, now=now) as (order, log):
        row = lock(enquiry)
        _open(row)
        if to is EnquiryState.WITHDRAWN:
            row.withdraw(scrub(answer), now, by.name)
        else:
            row.answer_with(to, scrub(answer), now, by.name)
        kind = EnquiryKind(row.kind)
        log.noted(f"快递答复：{kind.label}，{to.label}", clause="6.a", reason=answer)
        log.tell(_say(row, kind, to))
    if row.asked_by_id not in (None, by.user_id):
        tell(
            f"{order.order_no} 快递答复了（{kind.label}）：{to.label}",
            to=row.asked_by_id,
            url=order.get_absolute_url(),
            key=f"enquiry-answered:{row.pk}",
        )
    return log.act


def _open(row: Enquiry) -> None:
    is_open = row.state == EnquiryState.OPEN
    policy.may_answer(row.get_state_display(), is_open=is_open).require()


def _say(row: Enquiry, kind: EnquiryKind, to: EnquiryState) -> Say | None:
    if to is EnquiryState.WITHDRAWN:
        return None
    done = "done" if to is EnquiryState.DONE else "refused"
    return Say(f"enquiry.answered.{done}", {"what": kind.label, "answer": row.answer})


def remind_due(now: datetime, limit: int = BATCH) -> int:
    """Who asked, and logistics, are told that an answer is late, once a day; says how many."""
    due = Enquiry.objects.filter(remind_at__lte=now)
    if not due.exists():
        return 0
    with transaction.atomic():
        rows = list(locked(due).select_related("order").order_by("remind_at", "id")[:limit])
        for row in rows:
            _remind(row, now)
        again = now + policy.REMIND_LATE
        Enquiry.objects.filter(pk__in=[row.pk for row in rows]).update(remind_at=again)
    return len(rows)


def _remind(row: Enquiry, now: datetime) -> None:
    text = f"{row.order.order_no} 联系快递还没有答复：{row.get_kind_display()}，请再催。"
    url, key = row.order.get_absolute_url(), f"enquiry-late:{row.pk}:{now:%Y%m%d}"
    tell(text, role=Role.LOGISTICS, url=url, key=key)
    if row.asked_by_id:
        tell(text, to=row.asked_by_id, url=url, key=f"{key}:asked")
