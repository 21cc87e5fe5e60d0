"""An order comes back on the day to call again (SOP 1.3.a)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.acts import Actor
from orders.factories import OrderFactory
from orders.services.note import follow_up
from staff.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("days", "shown"), [(0, True), (-1, True), (1, False)])
def test_it_stands_in_the_persons_list_from_that_day_on(
    client: Client, days: int, shown: bool
) -> None:
    agent, now = UserFactory.create(role="agent"), timezone.now()
    order = OrderFactory.create(state="paid")
    OrderFactory.create(state="paid")
    day = timezone.localdate(now) + timedelta(days=days)
    follow_up(order, day, by=Actor.person(agent), now=now)
    client.force_login(agent)
    text = client.get(f"{reverse('search')}?other=follow&list=1", follow=True).content.decode()
    assert (order.order_no in text) is shown


def test_it_can_be_taken_away() -> None:
    agent, now = UserFactory.create(role="agent"), timezone.now()
    order = OrderFactory.create(state="paid")
    follow_up(order, timezone.localdate(now), by=Actor.person(agent), now=now)
    follow_up(order, None, by=Actor.person(agent), now=now)
    order.refresh_from_db()
    assert (order.follow_up_on, order.follow_up_by) == (None, None)
