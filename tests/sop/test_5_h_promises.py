"""SOP 5.h: by when an order leaves: agreed (约定发货), near (快到期) and past (超时)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from core.acts import Actor
from core.verdict import Refused
from desk.queues import counted
from orders.factories import OrderFactory, ShopFactory
from orders.models import Order
from orders.policy import Contacted
from orders.selectors.order import timeline
from staff.factories import UserFactory
from staff.models import User
from tests.acts.pages import do, page_of, send
from warehouse.factories import begun, released
from warehouse.models import Parcel
from warehouse.services.promise import agree_ship_by

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


# Agreed with the customer (约定发货)

NOW = timezone.now()
DAY = timezone.localdate(NOW) + timedelta(days=12)


def agree(order: Order, day: date, by: Actor) -> Order:
    agree_ship_by(order, day, by=by, now=timezone.now(), contact=Contacted("wangwang"))
    return Order.objects.get(pk=order.pk)


@pytest.mark.parametrize("hours", [None, -2, 30])
def test_an_agreed_day_takes_the_place_of_the_shops_hours(
    by: Actor, agent_client: Client, hours: float | None
) -> None:
    order = promised(hours or 0)
    if hours is None:  # a pre-sale: nothing was computed
        Order.objects.update(ship_by=None)
    order = agree(Order.objects.get(), DAY, by)
    assert f"{timezone.localtime(order.ship_by):%Y-%m-%d %H:%M}" == f"{DAY} 23:59"
    assert listed(agent_client, "late") == set()
    [act] = timeline(order)
    assert act.summary == f"约定 {DAY:%m-%d} 以前发货"
    assert order.contacts.get().channel == "wangwang"


def test_what_the_warehouse_has_goes_by_the_agreed_day_too(by: Actor) -> None:
    order = released()
    begun(UserFactory.create(role="warehouse"), NOW)
    agree(Order.objects.get(pk=order.pk), DAY, by)
    assert timezone.localdate(Parcel.objects.get().ship_by) == DAY


def test_once_it_is_past_the_order_is_late(by: Actor, agent: User, client: Client) -> None:
    order = agree(promised(1), DAY, by)
    with time_machine.travel(NOW + timedelta(days=13)):
        client.force_login(agent)
        assert listed(client, "late") == {order}


@pytest.mark.parametrize(
    ("state", "why"),
    [("unpaid", "还没有付款"), ("shipped", "订单已发货"), ("closed", "订单已关闭")],
)
def test_a_day_is_agreed_while_it_can_still_be_kept(by: Actor, state: str, why: str) -> None:
    with pytest.raises(Refused, match=why):
        agree(promised(1, state), DAY, by)


@pytest.mark.parametrize(("days", "why"), [(-1, "今天或以后"), (366, "超过一年")])
def test_a_slip_of_the_pen_is_caught_in_the_form_and_by_the_act(
    by: Actor, agent_client: Client, days: int, why: str
) -> None:
    order, day = promised(1), timezone.localdate() + timedelta(days=days)
    with pytest.raises(Refused, match=why):
        agree(order, day, by)
    answer = do(agent_client, "agree-ship-by", order, day=day)
    assert answer.status_code == 422
    assert why in answer.content.decode()


def test_the_page_says_what_to_tell_the_customer(agent_client: Client) -> None:
    answer = do(agent_client, "agree-ship-by", promised(1), day=DAY)
    html = agent_client.get(answer["Location"]).content.decode()
    assert f"{DAY.month} 月 {DAY.day} 日以前一定发出" in html


def test_a_second_person_who_saw_another_day_is_shown_it(by: Actor, agent_client: Client) -> None:
    order = promised(1)
    typed = page_of(agent_client, "agree-ship-by", order)
    agree(order, DAY, by)
    answer = send(agent_client, "agree-ship-by", order, typed, day=DAY + timedelta(days=1))
    assert answer.status_code == 409
    assert f"{DAY} 23:59" in answer.content.decode()
