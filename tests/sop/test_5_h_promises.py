"""SOP 5.h: orders whose promise is near (快到期) and past (超时) are worklists."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from desk.queues import counted
from orders.factories import OrderFactory, ShopFactory
from orders.models import Order
from staff.models import User

pytestmark = pytest.mark.django_db


def promised(hours: float, state: str = "paid", **values: object) -> Order:
    return OrderFactory.create(
        state=state, ship_by=timezone.now() + timedelta(hours=hours), **values
    )


def listed(client: Client, which: str) -> set[Order]:
    return set(client.get(f"/orders?other={which}").context["found"].page.rows)


@pytest.mark.parametrize("state", ["paid", "picking", "packed"])
def test_near_and_past_until_it_ships(agent_client: Client, state: str) -> None:
    past, near = promised(-1, state), promised(3, state)
    promised(40, state)
    promised(-1, "shipped")
    assert listed(agent_client, "late") == {past}
    assert listed(agent_client, "at_risk") == {near}


def test_how_near_is_the_shops_to_say(agent_client: Client) -> None:
    ShopFactory.create(code="tb1")
    careful = ShopFactory.create(code="careful", at_risk_h=48)
    promised(40)
    near = promised(40, shop=careful)
    assert listed(agent_client, "at_risk") == {near}


def test_both_are_counted_in_the_header(agent: User) -> None:
    promised(-1)
    promised(3, "picking")
    counts = {queue.label: queue.count for queue in counted(agent)[0]}
    assert (counts["超时"], counts["快到期"]) == ("1", "1")
