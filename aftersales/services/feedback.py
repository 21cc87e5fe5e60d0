"""Write down what a customer says of an order that arrived (SOP 6.c)."""

from __future__ import annotations

import uuid
from datetime import datetime

from aftersales.listening import LONGEST, Answer
from aftersales.models import Case, Feedback
from aftersales.selectors.feedback import feedback_verdict, open_complaint
from aftersales.selectors.telling import tell_of
from aftersales.services.acting import locked_case
from aftersales.services.questions import open_question
from aftersales.words import CaseKind
from core.acts import Actor, Change
from core.masking import scrub
from core.models import Act
from core.verdict import Say
from orders.models import Order
from orders.policy import Contacted
from orders.services.acting import order_act
from orders.services.telling import need_not_tell
from orders.words import MessageKind
from staff.roles import Role
from staff.services.tell import Telling, tell_all

CUSTOMER = Actor("customer", "买家")


def record_feedback(
    order: Order,
    answer: Answer,
    *,
    by: Actor,
    now: datetime,
    seen: int | None = None,
    token: uuid.UUID | None = None,
    contact: Contacted | None = None,
) -> Act:
    """Once an order; a bad answer becomes a complaint in the same moment (SOP 6.c, 7.c).

    `by`: a colleague, or `CUSTOMER` through the progress link. Raises Refused, Conflict, Repeated.
    """
    with order_act(
        "record_feedback", order, by=by, seen=seen, token=token, contact=contact, now=now
    ) as (order, log):
        feedback_verdict(order).require()
        case = _taken_up(order, answer, by, now) if answer.bad else None
        _keep(order, answer, case, by, now)
        need_not_tell(order, MessageKind.FEEDBACK, "已经评价了", now)
        taken = f"，已转投诉 {case.number}" if case else ""
        log.noted(f"买家评价：{answer.said}{taken}", clause="6.c", reason=scrub(answer.text))
        log.tell(tell_of(case) if case else Say("feedback.thanks"))
    return log.act


def _keep(order: Order, answer: Answer, case: Case | None, by: Actor, now: datetime) -> None:
    Feedback.objects.create(
        order=order,
        intact=answer.intact,
        stars=answer.stars,
        text=scrub(answer.text)[:LONGEST],
        by_customer=by == CUSTOMER,
        by_name=by.name,
        at=now,
        case=case,
    )


def _taken_up(order: Order, answer: Answer, by: Actor, now: datetime) -> Case:
    """The complaint that looks after it: the open one, else a new one; whoever has it hears."""
    case = open_complaint(order)
    if case is None:
        asked = f"评价 {answer.said}。{answer.text}"
        open_question(order, CaseKind.COMPLAINT, asked, by=by, now=now)
        case = open_complaint(order)
    else:
        _noted_there(case, answer, by, now)
    if case is None:
        raise ValueError(f"{order.order_no}: its complaint was not opened")
    _tell(case, order, answer, by)
    return case


def _noted_there(case: Case, answer: Answer, by: Actor, now: datetime) -> None:
    with locked_case("record_feedback", case, by=by, now=now) as (row, log):
        log.changed([Change(f"售后单 {row.number}", "", f"买家评价 {answer.said}")], row)
        log.noted(f"买家评价（{row.number}）", clause="6.c", reason=scrub(answer.text)[:300])


def _tell(case: Case, order: Order, answer: Answer, by: Actor) -> None:
    """Who has the complaint, or after-sales where nobody has; and who follows the order."""
    text = f"{order.order_no} 买家评价 {answer.said}，请在投诉 {case.number} 里处理。"
    key, url = f"feedback:{order.pk}", case.get_absolute_url()
    role = Role.AFTERSALES if case.owner_id is None else None
    people = {case.owner_id, order.follow_up_by_id} - {None, by.user_id}
    told = [Telling(text, f"{key}:{person}", to=person, url=url) for person in people]
    tell_all([*told, Telling(text, key, role=role, url=url)] if role else told)
