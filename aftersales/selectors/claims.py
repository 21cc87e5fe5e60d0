"""What carriers are asked to pay (快递理赔, SOP 3.b)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from aftersales.models import CarrierClaim
from aftersales.words import ClaimState
from core.keyset import Page, page
from core.money import ZERO
from orders.models import Order


def open_claims(user: Any) -> QuerySet[CarrierClaim]:
    """What no carrier has answered yet, of the shops that this person works for."""
    return _of_shops(user).filter(state=ClaimState.ASKED.value)


def ended_claims(user: Any) -> QuerySet[CarrierClaim]:
    return _of_shops(user).exclude(state=ClaimState.ASKED.value)


def _of_shops(user: Any) -> QuerySet[CarrierClaim]:
    rows = CarrierClaim.objects.all()
    return rows.filter(order__shop__code__in=user.shop_codes) if user.shop_codes else rows


def claims_page(user: Any, *, ended: bool, cursor: str) -> Page[CarrierClaim]:
    """Open: due first; ended: newest first. Three queries; raises BadCursor."""
    rows = ended_claims(user) if ended else open_claims(user)
    rows = rows.select_related("order__shop", "case").prefetch_related("case__evidence")
    order = ("-ended_at", "-id") if ended else ("due_at", "id")
    return page(rows, order, cursor, mark=f"claims-{'ended' if ended else 'open'}")


def worth(order: Order) -> Decimal:
    """What the order's goods and freight were worth: what a carrier is asked for at most, yuan."""
    total: Decimal = max(order.paid + order.paid_by_platform, order.due, ZERO)
    return total
