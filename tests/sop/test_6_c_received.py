"""SOP 6.c, 2.i, 5.g, 6.d: received by sign, platform or hand; complete when nothing is left."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from connectors.sandbox import kuaidi100
from connectors.sandbox.server import Sandbox
from core.acts import TIMER, Actor, act
from core.verdict import Refused
from orders.factories import OrderFactory, ShopFactory
from orders.models import CustomerMessage, Order
from orders.selectors.order import timeline
from orders.services.finish import complete_due, receive_order
from orders.services.hold import open_hold
from orders.services.pay import Paid, mark_paid
from orders.words import Gateway, HoldKind
from tests.formats.files import taobao
from tests.importing.conftest import Load, files, load, shop  # noqa: F401 - fixtures
from tests.tracking.conftest import (  # noqa: F401 - fixtures
    WAYBILL,
    follow,
    fresh,
    house,
    own,
    ship,
    take_pushes,
)
from warehouse.models import Enquiry
from warehouse.services.enquiries import answer_carrier, ask_carrier
from warehouse.services.tracking import take_up
from warehouse.words import EnquiryKind, EnquiryState

pytestmark = pytest.mark.django_db
WEEK = timedelta(days=7)


def received(**values: object) -> Order:
    order = OrderFactory.create(state="shipped", **values)
    receive_order(order, by=TIMER, now=timezone.now())
    return fresh(order)


def later(**units: float) -> None:
    complete_due(timezone.now() + timedelta(**units))


# Received


def test_the_carriers_sign_is_the_receipt(house: Sandbox, own: Order) -> None:  # noqa: F811
    follow(ship(own))
    kuaidi100.happened(house.state, "yuantong", WAYBILL, "3", "已签收，签收人：本人")
    house.state.fault("kuaidi100", "callback_twice")
    kuaidi100.happened(house.state, "yuantong", WAYBILL, "3", "感谢使用")
    take_pushes(house)
    order = fresh(own)
    assert order.state == "received"
    assert [act.verb for act in timeline(order)].count("receive_order") == 1
    assert order.received_at
    assert abs(order.received_at - timezone.now()) < timedelta(minutes=1)


def test_an_agent_writes_down_that_the_buyer_has_it(own: Order, by: Actor) -> None:  # noqa: F811
    order = ship(own)
    receive_order(order, by=by, now=timezone.now(), why="买家来电")
    assert fresh(own).state == "received"
    with pytest.raises(Refused, match="不用再登记"):
        receive_order(fresh(own), by=by, now=timezone.now())


def test_what_has_not_left_is_not_received(by: Actor) -> None:
    with pytest.raises(Refused, match="还没有发货"):
        receive_order(OrderFactory.create(), by=by, now=timezone.now())


def test_the_buyer_is_greeted_once(by: Actor) -> None:
    talks = ShopFactory.create(code="talks", tells=["delivered:sms", "shipped:sms"])
    order = ship(OrderFactory.create(shop=talks, state="packed"))
    receive_order(order, by=by, now=timezone.now())
    kinds = list(CustomerMessage.objects.order_by("id").values_list("kind", flat=True))
    assert kinds == ["shipped", "delivered"]


# Complete


def test_after_the_shops_days_it_is_complete_by_itself(db: None) -> None:
    order = received()
    later(days=6, hours=23)
    assert fresh(order).state == "received"
    later(days=7, hours=1)
    later(days=7, hours=1)
    order = fresh(order)
    assert (order.state, order.complete_at) == ("completed", None)
    assert [act.verb for act in timeline(order)].count("complete_order") == 1


def test_each_shop_has_its_days(db: None) -> None:
    order = received(shop=ShopFactory.create(code="quick", complete_days=2))
    later(days=2, hours=1)
    assert fresh(order).state == "completed"


def test_an_open_hold_keeps_it_open(db: None) -> None:
    order = received()
    with act("hold", order, by=TIMER, now=timezone.now()) as (row, _):
        open_hold(row, HoldKind.REFUND, "退款中", by=TIMER, now=timezone.now())
    later(days=8)
    assert fresh(order).state == "received"
    again = fresh(order).complete_at
    assert again
    assert again > timezone.now() + timedelta(days=8)


@pytest.mark.parametrize(("said", "state"), [("退款中", "received"), ("没有申请退款", "completed")])
def test_an_after_sale_on_the_platform_keeps_it_open(said: str, state: str) -> None:
    order = received()
    Order.objects.filter(pk=order.pk).update(after_sale=said)
    later(days=8)
    assert fresh(order).state == state


@pytest.mark.parametrize("terms", ["cod", "account"])
def test_cash_on_delivery_and_on_account_are_complete_when_paid(terms: str, by: Actor) -> None:
    order = received(terms=terms, shop=ShopFactory.create(code="web", channel="own"))
    later(days=8)
    assert fresh(order).state == "received"
    paid = Paid("T1", Decimal(order.due), Gateway.BANK)
    mark_paid(fresh(order), paid, by=by, now=timezone.now())
    later(days=10)
    assert fresh(order).state == "completed"


def test_a_question_to_the_carrier_keeps_it_open(by: Actor) -> None:
    order, now = received(carrier="YTO", waybill=WAYBILL), timezone.now()
    ask_carrier(order, EnquiryKind.PROOF, "买家说没收到", now, by=by, now=now)
    later(days=8)
    assert fresh(order).state == "received"
    enquiry = Enquiry.objects.get(order=order)
    answer_carrier(order, enquiry, EnquiryState.DONE, "门卫代收", by=by, now=now)
    later(days=10)
    assert fresh(order).state == "completed"


def test_top_ups_are_complete_when_their_main_order_left(own: Order) -> None:  # noqa: F811
    top_up = OrderFactory.create(is_top_up=True, top_up_for=own, shop=own.shop)
    ship(own)
    assert fresh(top_up).state == "paid"
    take_up(timezone.now() + timedelta(seconds=1))
    assert fresh(top_up).state == "completed"


def test_what_the_platform_says_is_received_gets_the_timer(load: Load) -> None:  # noqa: F811
    load(taobao({"订单状态": "买家已签收"}))
    order = Order.objects.get()
    assert (order.state, order.complete_at is not None) == ("received", True)
