"""An order with an open hold goes nowhere (SOP 2.b), while the customer considers (SOP 1.3.d)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from core.acts import Actor
from core.verdict import Refused
from orders.factories import OrderFactory
from orders.models import Order
from orders.selectors.order import timeline
from orders.services.hold import hold_order, lift_due_holds, lift_hold
from orders.services.release import release
from orders.words import HoldKind

pytestmark = pytest.mark.django_db
NOW = timezone.now()
AGENT = Actor("person", "李雷")


@pytest.fixture
def order() -> Order:
    return OrderFactory.create(state="paid")


def held(order: Order, kind: HoldKind = HoldKind.CUSTOMER, days: int | None = None) -> Order:
    until = NOW + timedelta(days=days) if days else None
    hold_order(order, kind, "买家说明天回复", by=AGENT, now=NOW, until=until)
    order.refresh_from_db()
    return order


def test_an_open_hold_bars_the_release_and_says_which(order: Order) -> None:
    held(order)
    with pytest.raises(Refused) as refused:
        release(order, by=AGENT, now=NOW)
    assert refused.value.verdict.clause == "2.b"
    assert "客户考虑" in refused.value.verdict.reason


def test_a_hold_takes_a_released_order_back_at_once(order: Order) -> None:
    release(order, by=AGENT, now=NOW - timedelta(hours=1))
    assert held(order).released_at is None
    assert ["下发", "已下发仓库", "未下发"] in timeline(order)[0].changes


def test_what_the_warehouse_has_begun_cannot_be_held(order: Order) -> None:
    picking = OrderFactory.create(state="picking")
    with pytest.raises(Refused):
        held(picking)
    assert not picking.holds.exists()


def test_the_same_hold_is_put_on_once(order: Order) -> None:
    held(order)
    with pytest.raises(Refused):
        held(order)
    assert order.holds.count() == 1


def test_who_may_lift_depends_on_the_kind(order: Order) -> None:
    held(order, HoldKind.REVIEW)
    review = order.holds.get()
    with pytest.raises(Refused) as refused:
        lift_hold(order, review, "看过了", by=AGENT, role="agent", now=NOW)
    assert "主管" in refused.value.verdict.instead
    lift_hold(order, review, "看过了", by=AGENT, role="supervisor", now=NOW)
    release(order, by=AGENT, now=NOW)
    order.refresh_from_db()
    assert order.released_at == NOW


def test_the_timer_ends_a_hold_on_its_day_and_once(order: Order) -> None:
    held(order, days=2)
    assert lift_due_holds(NOW + timedelta(days=1)) == 0
    assert lift_due_holds(NOW + timedelta(days=2)) == 1
    assert lift_due_holds(NOW + timedelta(days=3)) == 0
    assert order.holds.get().state == "lifted"
