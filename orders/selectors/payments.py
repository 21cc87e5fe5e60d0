"""Payments that finance can take back: those that a colleague registered by hand."""

from __future__ import annotations

from core.models import Act
from orders.models import Order, Payment
from orders.words import PayerSide


def reversible(order: Order) -> list[Payment]:
    """What `mark_paid` wrote and nobody reversed; the platform's payments follow the platform."""
    rows = order.payments.filter(reversed=False, side=PayerSide.BUYER).select_related("trade")
    found = list(rows.order_by("at", "id"))
    made = Payment.history.filter(id__in=[row.pk for row in found], history_type="+")
    acts = {row.id: row.history_change_reason for row in made}
    by_hand = set(
        Act.objects.filter(pk__in=acts.values(), verb="mark_paid").values_list("pk", flat=True)
    )
    return [row for row in found if acts.get(row.pk) in by_hand]
