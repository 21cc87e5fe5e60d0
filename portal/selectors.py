"""The progress of one order as its customer may see it (SOP 6.b)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from django.utils.timezone import localdate, localtime

from aftersales.listening import Answer, may_record_feedback
from aftersales.models import Case
from aftersales.selectors.cases import cases_of, has_cases
from aftersales.selectors.feedback import answer_of, has_feedback
from aftersales.words import CaseKind, CaseState
from core.masking import scrub
from core.sentences import render
from core.verdict import Say
from orders.formats.states import after_sale_open
from orders.models import Hold, Order, OrderLine
from orders.policy import IN_WAREHOUSE
from orders.selectors.page import Step, steps
from orders.selectors.shortage import all_here, expected_dates
from orders.situation import situation
from orders.words import OrderState
from portal.policy import case_said, is_known, without_names
from refunds.models import Refund
from refunds.selectors.refunds import has_refunds, refunds_of, say_now
from refunds.words import RefundState
from warehouse.selectors.tracking import lines_now, way_now, where_now

UNSHIPPED = IN_WAREHOUSE | {OrderState.PAID}


@dataclass(frozen=True, slots=True)
class WayLine:
    """One line of the parcel's way, without names and telephones."""

    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class Progress:
    """Everything on the customer's page. `sentence`: what happens now; `ship_by`: a promise."""

    order: Order
    steps: list[Step]
    sentence: str
    ship_by: datetime | None
    lines: list[OrderLine]
    way: list[WayLine]
    refund: str
    after_sale: str
    answer: Answer | None
    may_answer: bool


def progress_of(order_id: int, now: datetime) -> Progress | None:
    """A fixed number of queries whatever hangs on the order; None where there is none."""
    beside = where_now() | has_refunds() | has_cases() | has_feedback()
    rows = Order.objects.select_related("shop", "merged_into").annotate(**beside)
    order = rows.filter(pk=order_id).first()
    if order is None:
        return None
    holds, lines = list(order.holds.filter(state="open")), list(order.lines.order_by("id"))
    facts, answer = order.facts(holds), answer_of(order)
    return Progress(
        order=order,
        steps=_steps(order),
        sentence=_sentence(order, holds, lines, now),
        ship_by=_promise(order, holds, now),
        lines=lines,
        way=_way(order),
        refund=_refund(order, now),
        after_sale=_after_sale(order, now),
        answer=answer,
        may_answer=may_record_feedback(facts, answered=answer is not None).allowed,
    )


def _steps(order: Order) -> list[Step]:
    """The first step as somebody sees it who has taken it."""
    first, *others = steps(order)
    return [replace(first, label="已下单") if first.done else first, *others]


def _sentence(order: Order, holds: list[Hold], lines: list[OrderLine], now: datetime) -> str:
    """What a colleague would tell the customer now; of a hold its kind, never its reason."""
    arrives = all_here(expected_dates(lines).values())
    what = situation(
        order.facts(holds),
        ship_by=localtime(order.ship_by) if order.ship_by else None,
        now=now,
        carrier=order.carrier_name,
        waybill=order.waybill,
        after_sale_open=after_sale_open(order.after_sale),
        way=way_now(order),
        expected=arrives if arrives and arrives >= localdate(now) else None,
    )
    return _plain(order, render(what.say, order.shop.code)) if what.say else ""


def _promise(order: Order, holds: list[Hold], now: datetime) -> datetime | None:
    """承诺发货, while it stands: not of what is held, nor when it is over."""
    if order.state not in UNSHIPPED or holds or order.ship_by is None or order.ship_by < now:
        return None
    return order.ship_by


def _way(order: Order) -> list[WayLine]:
    return [WayLine(line.at, _plain(order, line.text)) for line in lines_now(order)]


def _plain(order: Order, text: str) -> str:
    personal = (order.consignee, order.mobile, order.telephone, order.street)
    return scrub(without_names(text, personal))


def _refund(order: Order, now: datetime) -> str:
    """The newest refund that was not taken back, in one sentence (SOP 1.5.e)."""
    refund = next((r for r in refunds_of(order) if r.state != RefundState.WITHDRAWN), None)
    if refund is None:
        return ""
    if refund.state == RefundState.REJECTED:
        return "您的退款申请没有通过，想了解原因请联系客服。"
    say = _paid_back(order, refund) or say_now(refund, now)
    return render(say, order.shop.code) if say else ""


def _paid_back(order: Order, refund: Refund) -> Say | None:
    if refund.state != RefundState.SUCCEEDED:
        return None
    values = {"order_no": order.platform_no, "amount": str(refund.amount)}
    return Say("told.refunded", values)


def _after_sale(order: Order, now: datetime) -> str:
    """The case that is due first; else how the newest ended, where the customer knows it."""
    cases = cases_of(order)
    waiting = sorted((case for case in cases if case.is_open), key=lambda case: case.due_at)
    ended = [case for case in cases if not case.is_open and is_known(CaseKind(case.kind))]
    return next((_said(case, now) for case in [*waiting, *ended]), "")


def _said(case: Case, now: datetime) -> str:
    due = localtime(case.due_at)
    until = f"{due.month} 月 {due.day} 日 {due:%H:%M}"
    late = case.late or case.due_at < now
    return case_said(CaseKind(case.kind), CaseState(case.state), until, late=late)
