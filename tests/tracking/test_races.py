"""Two sweeps, two pushes at once: each parcel and order moves once (failure modes 4, 13)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from core.models import Act, OutboxMessage
from orders.factories import OrderFactory, ShopFactory
from orders.models import Order
from orders.services.finish import complete_due
from tests.core.threads import in_threads
from tests.tracking.conftest import WAYBILL, house  # noqa: F401 - a fixture
from warehouse.models import Tracking, Trouble
from warehouse.services.news import Line, take_news
from warehouse.services.tracking import ask_due, take_up
from warehouse.words import TrackSource, TrackState

pytestmark = [pytest.mark.postgres, pytest.mark.soak, pytest.mark.django_db(transaction=True)]


def orders(count: int, **values: object) -> list[Order]:
    shop = ShopFactory.create(code="web", channel="own")
    return [OrderFactory.create(shop=shop, carrier="YTO", **values) for _ in range(count)]


def test_sweeps_at_once_follow_each_parcel_once(house: object) -> None:  # noqa: F811
    now = timezone.now()
    for number, order in enumerate(orders(30, state="shipped")):
        Order.objects.filter(pk=order.pk).update(track_at=now, waybill=f"YT{number:013d}")
    assert sum(in_threads(4, lambda: take_up(now, limit=10))) >= 10
    while take_up(now):
        pass
    assert Tracking.objects.count() == 30
    assert OutboxMessage.objects.filter(topic="carrier.subscribe").count() == 30
    later = now + timedelta(hours=25)  # each is subscribed: asked about once a day
    in_threads(4, lambda: ask_due(later))
    assert OutboxMessage.objects.filter(topic="carrier.query").count() == 30


def test_sweeps_at_once_complete_each_order_once(db: None) -> None:
    now = timezone.now()
    for order in orders(5, state="received"):
        Order.objects.filter(pk=order.pk).update(complete_at=now)
    in_threads(4, lambda: complete_due(now))
    assert set(Order.objects.values_list("state", flat=True)) == {"completed"}
    done = Act.objects.filter(verb="complete_order", summary__contains="自动完成")
    assert done.exclude(summary="还不能自动完成").count() == 5


def test_pushes_at_once_end_the_same(db: None) -> None:
    [order] = orders(1, state="shipped", waybill=WAYBILL)
    now = timezone.now()
    Tracking.objects.create(order=order, carrier="YTO", waybill=WAYBILL, made_at=now)
    way = [Line(now - timedelta(hours=9 - hour), f"第 {hour} 站") for hour in range(8)]
    pushes = [(TrackState.PROBLEM, way[:4]), (TrackState.SIGNED, way)] * 3
    taken = iter(pushes)

    def push() -> int:
        state, lines = next(taken)
        return take_news("YTO", WAYBILL, state, lines, TrackSource.KUAIDI100, now=now)

    in_threads(len(pushes), push)
    row = Tracking.objects.get()
    assert (row.stage, row.events.count(), row.trouble) == ("signed", 8, "")
    assert not Trouble.objects.filter(done_at__isnull=True).exists()
    assert Order.objects.get(pk=order.pk).state == "received"
    moved = Act.objects.filter(order_no=order.order_no, verb="receive_order")
    assert sum(bool(act.changes) for act in moved) == 1
