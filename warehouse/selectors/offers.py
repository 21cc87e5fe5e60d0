"""What can be done with an order that is on its way: the warehouse's buttons on its page."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from orders import finishing
from orders.models import Order
from orders.policy import OrderFacts
from orders.selectors.offers import Offer
from staff.matrix import may
from warehouse import following as policy


def offers_on_the_way(order: Order, facts: OrderFacts, user: Any) -> list[Offer]:
    """Only those that can be done: before shipping they say nothing new."""
    found = [
        ("receive_order", "登记签收", finishing.may_receive(facts)),
        ("correct_waybill", "更正运单号", policy.may_correct_waybill(facts)),
    ]
    return [
        Offer(verb, label, reverse(verb.replace("_", "-"), args=[order.order_no]), verdict)
        for verb, label, verdict in found
        if verdict.allowed and may(user, verb)
    ]
