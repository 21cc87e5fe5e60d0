"""What a supervisor looks at before deciding: limits, who agreed, risks, the buyer's history."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Count, QuerySet

from orders.models import Order
from orders.selectors.reviewing import blocked_of
from refunds.deciding import LATELY, Limits, RiskFacts
from refunds.models import Refund, RefundLimits
from refunds.words import Decision, RefundState
from staff.matrix import MATRIX
from staff.models import User

SHOWN = 10


def limits() -> Limits:
    """What the owner set, else what we deliver."""
    row = RefundLimits.objects.first()
    return row.limits() if row else Limits()


def agreed(refund: Refund) -> frozenset[int]:
    """Who agreed in this turn and did not take it back."""
    rows = refund.approvals.filter(turn=refund.turn, undone=False, decision=Decision.APPROVED.value)
    return frozenset(rows.values_list("by_id", flat=True))


def reviewers(shop: str = "") -> QuerySet[User]:
    """Who decides on refunds: of this shop (its code), or of any."""
    people = User.objects.filter(is_active=True, role__in=MATRIX["approve_refund"])
    # A person's shops are a list in JSON, which SQLite cannot search; colleagues are few.
    known = people.values_list("pk", "shop_codes") if shop else []
    elsewhere = [pk for pk, codes in known if codes and shop not in codes]
    return people.exclude(pk__in=elsewhere).order_by("full_name", "username")


def risk_facts(order: Order, refund: Refund, now: datetime) -> RiskFacts:
    """Four queries at most."""
    return RiskFacts(
        amount=refund.amount,
        earlier=_of_buyer(order).filter(asked_at__gt=now - LATELY).exclude(pk=refund.pk).count(),
        blocked=tuple(blocked_of([order]).get(order.pk, ())),
        received_at=order.received_at,
    )


def risk_facts_all(refunds: Sequence[Refund], now: datetime) -> dict[int, RiskFacts]:
    """The same for many, by refund, in four queries; their orders are loaded."""
    orders = {refund.order_id: refund.order for refund in refunds}
    buyers = {order.buyer_id for order in orders.values() if order.buyer_id}
    lately = Refund.objects.filter(order__buyer__in=buyers, asked_at__gt=now - LATELY)
    rows = lately.exclude(state=RefundState.WITHDRAWN.value)
    counts = dict(rows.values_list("order__buyer").annotate(n=Count("pk")).order_by())
    blocked = blocked_of(list(orders.values()))
    return {
        refund.pk: RiskFacts(
            amount=refund.amount,
            earlier=counts.get(refund.order.buyer_id, 0) - (refund.asked_at > now - LATELY),
            blocked=tuple(blocked.get(refund.order_id, ())),
            received_at=refund.order.received_at,
        )
        for refund in refunds
    }


def _of_buyer(order: Order) -> Any:
    """The buyer's refunds but those that were taken back; none of a buyer whom nobody knows."""
    rows = Refund.objects.exclude(state=RefundState.WITHDRAWN.value)
    return rows.filter(order__buyer=order.buyer_id) if order.buyer_id else rows.none()


def said_on(order: Order) -> dict[str, Any]:
    """What was noted on the order and said with the customer, newest first; two queries (1.5.d)."""
    return {
        "notes": list(order.notes.order_by("-id")[:SHOWN]),
        "contacts": list(order.contacts.order_by("-at", "-id")[:SHOWN]),
    }


def history_of_buyer(order: Order, refund: Refund) -> list[Refund]:
    """The buyer's other refunds, newest first."""
    rows = _of_buyer(order).exclude(pk=refund.pk).select_related("order")
    return list(rows.order_by("-asked_at", "-id")[:SHOWN])
