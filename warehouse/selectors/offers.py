"""What can be done with an order that is on its way: the warehouse's buttons on its page."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from core.verdict import Verdict
from orders import finishing
from orders.models import Order
from orders.policy import OrderFacts
from orders.selectors.offers import Offer
from orders.words import Delivery, OrderState
from staff.matrix import may
from warehouse import following as policy
from warehouse import policy as leaving
from warehouse.selectors.leaving import pickup_of
from warehouse.words import ParcelState

_KEYS = {"receive_order": "f", "tell_pickup_code": "w"}


def may_tell_code(order: Order) -> Verdict:
    """May the customer be told the code by which the parcel is handed out (SOP 5.e)?"""
    parcel = pickup_of(order.pk)
    state = ParcelState(parcel.state) if parcel else ParcelState.QUEUED
    return leaving.may_tell_code(Delivery(order.delivery), state)


def offers_on_the_way(
    order: Order, facts: OrderFacts, user: Any, accented: str = ""
) -> list[Offer]:
    """Only those that can be done: before shipping they say nothing new."""
    found = [
        ("receive_order", "登记签收", finishing.may_receive(facts)),
        ("correct_waybill", "更正运单号", policy.may_correct_waybill(facts)),
    ]
    if facts.pickup and facts.state is OrderState.PACKED:
        found.append(("tell_pickup_code", "告诉取货码", may_tell_code(order)))
    return [
        Offer(verb, label, _url(verb, order), verdict, _KEYS.get(verb, ""), verb == accented)
        for verb, label, verdict in found
        if verdict.allowed and may(user, verb)
    ]


def _url(verb: str, order: Order) -> str:
    return reverse(verb.replace("_", "-"), args=[order.order_no])
