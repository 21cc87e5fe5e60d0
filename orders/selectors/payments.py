"""Payments that finance can take back: those that a colleague registered by hand."""

from __future__ import annotations

from core.models import Act
from orders.models import Order, Payment
from orders.words import PayerSide


def reversible(order: Order) -> list[Payment]:
    """What `mark_paid` wrote and nobody reversed; the platform's payments follow the platform.

    Of a trade that a split shared, each share is one.
    """
    rows = order.payments.filter(reversed=False, side=PayerSide.BUYER).select_related("trade")
    found = list(rows.order_by("at", "id"))
    trades = {row.trade_id for row in found}
    made = Payment.history.filter(trade_id__in=trades, history_type="+")
    acts = [(row.trade_id, row.history_change_reason) for row in made]
    by_hand = set(
        Act.objects.filter(pk__in=[act for _, act in acts], verb="mark_paid").values_list(
            "pk", flat=True
        )
    )
    typed = {trade for trade, act in acts if act in by_hand}
    return [row for row in found if row.trade_id in typed]
