"""What the page of a SKU's stock shows of orders."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from orders.models import Order, OrderLine
from orders.selectors.short import waiting
from stock.models import Movement, Sku

MOST = 50


def known_orders(movements: Iterable[Movement]) -> set[str]:
    """Which of their papers are orders that can be opened."""
    refs = {movement.ref for movement in movements if movement.ref}
    return set(Order.objects.filter(order_no__in=refs).values_list("order_no", flat=True))


def waiting_lines(sku: Sku, user: Any) -> list[OrderLine]:
    """Who waits for this SKU, longest first; of the shops that this person works for."""
    rows = waiting([sku.pk]).select_related("order__shop")
    if user.shop_codes:
        rows = rows.filter(order__shop__code__in=user.shop_codes)
    return list(rows[:MOST])
