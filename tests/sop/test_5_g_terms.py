"""SOP 5.g: cash on delivery and on account go on without a payment; prepaid does not."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.utils import timezone

from core.acts import Actor
from core.verdict import Refused
from orders.factories import OrderFactory, ShopFactory
from orders.models import Order
from orders.policy import Contacted, Receiving
from orders.services.pay import Paid, mark_paid
from orders.services.register import NewOrder, register_order
from orders.services.release import release
from orders.words import Channel, Gateway, Terms
from stock.factories import SkuFactory

NOW = timezone.now()
HOME = Receiving("陈建生", "13800138000", "", "广东省", "深圳市", "福田区", "农园路66号")


def registered(terms: Terms, by: Actor) -> Order:
    shop = ShopFactory.create(code="tel", channel=Channel.TELEPHONE.value)
    new = NewOrder(shop, [(SkuFactory.create(price="159.00"), 1)], HOME, terms)
    act = register_order(new, by=by, now=NOW, contact=Contacted("telephone"))
    return Order.objects.get(order_no=act.order_no)


@pytest.mark.parametrize("terms", [Terms.COD, Terms.ACCOUNT])
def test_they_are_accepted_into_paid_with_no_payment(by: Actor, terms: Terms) -> None:
    order = registered(terms, by)
    assert (order.state, order.paid, order.paid_at) == ("paid", Decimal("0.00"), None)
    assert order.ship_by is not None
    assert not order.payments.exists()


@pytest.mark.parametrize("terms", [Terms.COD, Terms.ACCOUNT])
def test_they_are_released_without_payment(by: Actor, terms: Terms) -> None:
    order = registered(terms, by)
    release(order, by=by, now=NOW)
    order.refresh_from_db()
    assert order.released_at == NOW


def test_prepaid_waits_for_its_payment(by: Actor) -> None:
    order = registered(Terms.PREPAID, by)
    assert (order.state, order.ship_by) == ("unpaid", None)
    with pytest.raises(Refused):
        release(order, by=by, now=NOW)
    mark_paid(order, Paid("T1", order.due, Gateway.BANK), by=by, now=NOW)
    order.refresh_from_db()
    assert (order.state, order.paid_at) == ("paid", NOW)
    release(order, by=by, now=NOW)


def test_cash_collected_after_delivery_is_registered(by: Actor) -> None:
    order = OrderFactory.create(terms="cod", state="received")
    mark_paid(order, Paid("T1", order.due, Gateway.CASH), by=by, now=NOW)
    order.refresh_from_db()
    assert (order.state, order.paid, order.paid_at) == ("received", order.due, NOW)
    with pytest.raises(Refused, match="付清"):
        mark_paid(order, Paid("T2", order.due, Gateway.CASH), by=by, now=NOW)
