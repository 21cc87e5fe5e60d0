"""A house that follows parcels with kuaidi100 and kdniao, over real HTTP."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from connectors.sandbox import kdniao, kuaidi100
from connectors.sandbox.server import Sandbox
from core.acts import TIMER
from core.messages import deliver_due
from orders.factories import OrderFactory, ShopFactory
from orders.models import Order
from orders.services.acting import order_act
from tests.connectors.money import FAR
from warehouse.models import Tracking
from warehouse.services.dispatch import dispatch
from warehouse.services.tracking import take_up

CHINA = ZoneInfo("Asia/Shanghai")
WAYBILL = "YT8962646785389"


@pytest.fixture
def house(settings: Any, sandbox: Sandbox) -> Sandbox:
    """The house's accounts; callbacks go to an address far away."""
    settings.CALLBACK_URL = FAR
    settings.TRACKER_ACCOUNTS = {
        "kuaidi100": dict(kuaidi100.CREDENTIALS),
        "kdniao": dict(kdniao.CREDENTIALS),
    }
    return sandbox


@pytest.fixture
def own(db: None) -> Order:
    """An order of the own shop, packed: no platform has to be told."""
    shop = ShopFactory.create(code="web", channel="own", name="官网")
    made: Order = OrderFactory.create(shop=shop, state="packed")
    return made


def ship(order: Order, waybill: str = WAYBILL, carrier: str = "YTO") -> Order:
    """As the station does it: the act ships and calls `dispatch`."""
    now = timezone.now()
    with order_act("ship", order, by=TIMER, now=now) as (row, log):
        row.carrier, row.waybill = carrier, waybill
        row.ship(now)
        dispatch(row, now)
        log.noted("发货")
    return fresh(order)


def fresh(order: Order) -> Order:
    return Order.objects.select_related("shop", "buyer").get(pk=order.pk)


def follow(order: Order) -> Tracking:
    """What the sweep and the outbox do next."""
    take_up(timezone.now() + timedelta(seconds=1))
    deliver()
    return Tracking.objects.filter(order=order).latest("id")


def deliver(hours: float = 0) -> None:
    """Everything that is due in so many hours."""
    while deliver_due(timezone.now() + timedelta(hours=hours, seconds=2)):
        pass


def take_pushes(sandbox: Sandbox) -> int:
    """What the trackers push arrives at our address, in their order; says how many were taken."""
    taken = 0
    for call in sandbox.state.take_callbacks():
        path = call.address.removeprefix(FAR)
        answer = Client().post(
            path, call.body, content_type="application/x-www-form-urlencoded; charset=utf-8"
        )
        taken += answer.status_code == 200
    deliver()
    return taken


def at(hour: int, minute: int = 0, day: int = 25) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=CHINA)
