"""What customers said of their orders (SOP 6.c)."""

from __future__ import annotations

from typing import Any

from django.db.models import OuterRef, Subquery

from aftersales.listening import Answer, may_record_feedback
from aftersales.models import Case, Feedback
from aftersales.models.case import OPEN
from aftersales.words import CaseKind
from core.verdict import Verdict
from orders.models import Order
from orders.policy import OrderFacts


def has_feedback() -> dict[str, Any]:
    """Annotations of an order, asked for in its own query: see `answer_of`."""
    own = Feedback.objects.filter(order=OuterRef("pk"))
    names = ("stars", "intact", "text")
    return {f"feedback_{name}": Subquery(own.values(name)[:1]) for name in names}


def answer_of(order: Order) -> Answer | None:
    """What its customer answered; the order was read with `has_feedback`."""
    row: Any = order
    if row.feedback_stars is None:
        return None
    return Answer(row.feedback_intact, row.feedback_stars, row.feedback_text)


def feedback_verdict(order: Order, facts: OrderFacts | None = None) -> Verdict:
    """May it be recorded now, by the agent or by the customer? The rule of button and act."""
    answered = Feedback.objects.filter(order=order).exists()
    return may_record_feedback(facts or order.facts(), answered=answered)


def open_complaint(order: Order) -> Case | None:
    """The newest complaint that is not settled."""
    rows = Case.objects.filter(order=order, kind=CaseKind.COMPLAINT.value, state__in=OPEN)
    return rows.order_by("-id").first()
