"""Orders that another system of the shop sends, with what was paid for them (SOP 5.a)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from core.acts import Actor
from orders.models import Order
from orders.services.pay import Paid, mark_paid
from orders.services.register import NewOrder, register_order


def take_in(new: NewOrder, payments: Sequence[Paid], *, by: Actor, now: datetime) -> Order:
    """Register an order and its payments, all or nothing (SOP 5.a). Raises Refused."""
    with transaction.atomic():
        made = register_order(new, by=by, now=now)
        order = Order.objects.get(order_no=made.order_no)
        for paid in payments:
            mark_paid(order, paid, by=by, now=now)
    return order
