"""SOP 1.1.a, 5.e: delivery by express, freight or pick-up."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from core.acts import Actor
from core.verdict import Refused
from orders.factories import OrderFactory
from orders.services.modify import modify_delivery
from orders.words import Delivery
from tests.acts.pages import do

NOW = timezone.now()


def test_the_change_reads_in_words(by: Actor) -> None:
    order = OrderFactory.create(carrier="YTO")
    act = modify_delivery(order, Delivery.FREIGHT, "DBL", by=by, now=NOW)
    assert act.changes == [
        ["配送方式", "快递", "物流"],
        ["快递公司", "圆通速递", "德邦快递"],
    ]


def test_pick_up_has_no_carrier(by: Actor) -> None:
    order = OrderFactory.create(carrier="YTO")
    act = modify_delivery(order, Delivery.PICKUP, "SF", by=by, now=NOW)
    order.refresh_from_db()
    assert (order.delivery, order.carrier) == ("pickup", "")
    assert act.say["values"] == {"delivery": "自提"}


def test_an_old_waybill_is_kept_with_its_own_carrier(by: Actor) -> None:
    order = OrderFactory.create(carrier="YTO", waybill="YT8800112233445")
    modify_delivery(order, Delivery.EXPRESS, "SF", by=by, now=NOW)
    order.refresh_from_db()
    old = order.old_waybills.get()
    assert (old.number, old.carrier, order.waybill) == ("YT8800112233445", "YTO", "")


@pytest.mark.parametrize("state", ["picking", "packed", "shipped", "closed"])
def test_it_is_refused_from_the_warehouse_on(by: Actor, state: str) -> None:
    with pytest.raises(Refused):
        modify_delivery(OrderFactory.create(state=state), Delivery.EXPRESS, "SF", by=by, now=NOW)


def test_on_the_screen(agent_client: Client) -> None:
    order = OrderFactory.create()
    answer = do(agent_client, "modify-delivery", order, carrier="SF")
    assert answer.status_code == 302
    html = agent_client.get(answer["Location"]).content.decode()
    assert "亲，已经帮您改成快递（顺丰速运），请放心。" in html


def test_a_carrier_of_the_platform_that_we_do_not_know_may_stay(agent_client: Client) -> None:
    order = OrderFactory.create(carrier="某地快运")
    assert do(agent_client, "modify-delivery", order, delivery="freight").status_code == 302
    order.refresh_from_db()
    assert (order.delivery, order.carrier) == ("freight", "某地快运")


def test_a_carrier_that_does_not_exist_is_422(agent_client: Client) -> None:
    order = OrderFactory.create()
    assert do(agent_client, "modify-delivery", order, carrier="飞毯").status_code == 422
