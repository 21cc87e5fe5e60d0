"""What of an order's money may still go back, by part and by payment (SOP 1.5)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Sum

from core.money import ZERO
from orders.models import Order, OrderLink, Payment
from orders.words import OrderState, PayerSide, Relation
from refunds.amounts import Line, Part, Purse, parts, taken
from refunds.models import Refund, RefundLine
from refunds.words import RefundState

DROPPED = [RefundState.REJECTED.value, RefundState.WITHDRAWN.value]


@dataclass(frozen=True, slots=True)
class Left:
    """The parts with what went back of them, the payments with what is left of each."""

    parts: list[Part]
    payments: list[Payment]
    purses: list[Purse]
    amount: Decimal

    def payment(self, key: int) -> Payment:
        return next(payment for payment in self.payments if payment.pk == key)


def left_of(order: Order) -> Left:
    """Four queries. What was asked for counts from then on; what was refused does not."""
    payments = list(
        order.payments.filter(reversed=False, side=PayerSide.BUYER.value)
        .select_related("trade")
        .order_by("at", "id")
    )
    return Left(
        _parts(order),
        payments,
        _purses(order, payments),
        max(ZERO, order.paid - order.refund_reserved),
    )


def sent_again(order: Order) -> list[str]:
    """Numbers of the orders by which its goods were sent once more for nothing (SOP 3.b)."""
    links = OrderLink.objects.filter(order=order, kind=Relation.RESEND.value, other__due=ZERO)
    links = links.exclude(other__state=OrderState.CLOSED.value)
    return list(links.order_by("id").values_list("other__order_no", flat=True))


def _parts(order: Order) -> list[Part]:
    lines = [Line(row.pk, row.label, row.quantity, row.amount) for row in order.lines.all()]
    known = RefundLine.objects.filter(refund__order=order).exclude(refund__state__in=DROPPED)
    back = {
        (line, what): (amount, pieces)
        for line, what, amount, pieces in known.values_list("line_id", "what")
        .annotate(amount=Sum("amount"), count=Sum("pieces"))
        .order_by("line_id", "what")
    }
    excess = order.owed_back + order.given_back  # what of it went back is taken off below
    found = parts(lines, order.freight, order.paid, excess)
    return [taken(part, *back.get((part.line, part.what), (ZERO, 0))) for part in found]


def _purses(order: Order, payments: list[Payment]) -> list[Purse]:
    rows = Refund.objects.filter(order=order).exclude(state__in=DROPPED)
    back = dict(rows.values_list("payment_id").annotate(amount=Sum("amount")).order_by())
    return [Purse(row.pk, max(ZERO, row.amount - back.get(row.pk, ZERO))) for row in payments]
