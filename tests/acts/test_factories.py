"""What the factories make is what the product would have made."""

from __future__ import annotations

from decimal import Decimal

import pytest

from core.models import Act
from orders.factories import OrderFactory
from orders.models import Order
from orders.words import OrderState
from staff.factories import UserFactory
from stock.factories import SkuFactory

pytestmark = pytest.mark.django_db


def test_an_order_comes_with_lines_money_and_history_of_one_act() -> None:
    order = OrderFactory.create(lines=[(SkuFactory.create(price="159.00"), 2)], freight=Decimal(10))
    assert (order.due, order.paid) == (Decimal("328.00"), Decimal("328.00"))
    assert order.payments.get().trade.paid == order.paid
    reasons = {order.history.get().history_change_reason}
    reasons |= {line.history.get().history_change_reason for line in order.lines.all()}
    assert reasons == {Act.objects.get(verb="seed", id__in=reasons).id}


def test_a_discount_is_spread_over_the_lines() -> None:
    order = OrderFactory.create(
        lines=[(SkuFactory.create(price="10.00"), 1)] * 1, discount=Decimal("0.01")
    )
    assert order.lines.get().amount == order.due == Decimal("9.99")


@pytest.mark.parametrize("state", list(OrderState))
def test_every_state_can_be_made(state: str) -> None:
    assert Order.objects.get(pk=OrderFactory.create(state=state).pk).state == state


def test_a_colleague_has_a_role_and_a_password() -> None:
    user = UserFactory.create(role="finance")
    assert user.role == "finance"
    assert user.check_password("gendan-demo")
