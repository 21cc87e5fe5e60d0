"""Top-up orders that may belong to an order (SOP 1.1.f)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db.models import Q

from orders.models import Hold, Order
from orders.selectors.order import visible
from orders.words import HoldKind


def candidates(user: Any, main: Order, limit: int = 10) -> list[Order]:
    """Untied top-ups of the same buyer, those with the expected amount first."""
    same = Q(pk__in=[])
    if main.buyer_account:
        same |= Q(buyer_account=main.buyer_account, shop=main.shop_id)
    if main.buyer_id:
        same |= Q(buyer=main.buyer_id)
    found = list(
        visible(user)
        .filter(same, is_top_up=True, top_up_for=None)
        .exclude(state__in=["closed", "unpaid"])
        .order_by("-ordered_at")[:limit]
    )
    expected = expected_amount(main)
    return sorted(found, key=lambda order: order.total_paid != expected)


def expected_amount(main: Order) -> Decimal | None:
    """What the open top-up hold waits for, yuan."""
    hold = Hold.objects.filter(order=main, kind=HoldKind.TOP_UP, state="open").first()
    return hold.amount if hold else None


def find_top_up(user: Any, text: str) -> Order | None:
    """A top-up by our number or the platform's."""
    text = text.strip()
    both = Q(order_no=text.upper()) | Q(platform_no=text)
    return visible(user).filter(both, is_top_up=True).first()
