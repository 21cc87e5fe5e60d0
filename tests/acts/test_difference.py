"""SOP 5.a: what an agent changed by hand and the platform changed, too, is decided by a person."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.acts import Actor
from core.verdict import Refused
from orders.factories import OrderFactory
from orders.models import Hold, Order
from orders.services.difference import settle_difference
from orders.services.hold import open_hold
from orders.services.modify import modify_receiving
from orders.services.products import Wanted, modify_products
from orders.words import HoldKind
from staff.models import User
from stock.factories import SkuFactory
from tests.acts.pages import do, show_personal

NOW = timezone.now()


def differ(order: Order, cause: str, theirs: dict[str, Any], by: Actor) -> Hold:
    """What an import does when both sides changed (its own tests show that it does)."""
    with OrderFactory.act():
        order.refresh_from_db()
        order.before_hand = order.before_hand | theirs
        order.save()
        return open_hold(order, HoldKind.REVIEW, "平台又改过", by=by, now=NOW, cause=cause)


@pytest.fixture
def order(by: Actor) -> Order:
    order = OrderFactory.create(street="农园路66号")
    receiving = replace(order.receiving, street="莲花路1号")
    modify_receiving(order, receiving, by=by, now=NOW)
    return order


@pytest.fixture
def hold(order: Order, by: Actor) -> Hold:
    return differ(order, "import:receiving", {"street": "深南大道9号"}, by)


def test_the_platforms_value_is_taken(order: Order, hold: Hold, by: Actor) -> None:
    act = settle_difference(order, hold, "theirs", by=by, now=NOW)
    order.refresh_from_db()
    hold.refresh_from_db()
    assert (order.street, order.before_hand, hold.state) == ("深南大道9号", {}, "lifted")
    assert ["详细地址", "莲花路 ***", "深南大道 ***"] in act.changes


def test_or_ours_is_kept_and_the_platforms_remembered(order: Order, hold: Hold, by: Actor) -> None:
    settle_difference(order, hold, "ours", by=by, now=NOW)
    order.refresh_from_db()
    hold.refresh_from_db()
    assert (order.street, hold.state) == ("莲花路1号", "lifted")
    assert order.before_hand == {"street": "深南大道9号"}


def test_it_is_decided_once(order: Order, hold: Hold, by: Actor) -> None:
    settle_difference(order, hold, "ours", by=by, now=NOW)
    with pytest.raises(Refused, match="已经处理过"):
        settle_difference(order, hold, "theirs", by=by, now=NOW)


def test_the_platforms_goods_are_taken_and_the_money_follows(by: Actor) -> None:
    linen = SkuFactory.create(price="159.00")
    silk, wool = SkuFactory.create(price="189.00"), SkuFactory.create(price="129.00")
    order = OrderFactory.create(lines=[(linen, 1)])
    modify_products(order, [Wanted(order.lines.get().pk, silk, 1)], by=by, now=NOW)
    theirs = {"lines": [[wool.code, wool.name, wool.spec, "2"]]}
    hold = differ(order, "import:lines", theirs, by)
    settle_difference(order, hold, "theirs", by=by, now=NOW)
    order.refresh_from_db()
    line = order.lines.get()
    assert (line.code, line.quantity, order.due) == (wool.code, 2, line.amount)
    assert "lines" not in order.before_hand


def test_goods_that_nobody_knows_are_refused_with_what_to_do(by: Actor) -> None:
    order = OrderFactory.create()
    hold = differ(order, "import:lines", {"lines": [["X9", "新款", "红", "1"]]}, by)
    with pytest.raises(Refused) as refused:
        settle_difference(order, hold, "theirs", by=by, now=NOW)
    assert "修改商品" in refused.value.verdict.instead


# On the screen


def test_both_values_stand_side_by_side(
    agent_client: Client, agent: User, order: Order, hold: Hold
) -> None:
    show_personal(agent, order)
    url = reverse("settle-difference", args=[order.order_no])
    html = agent_client.get(url).content.decode()
    assert "深南大道9号" in html
    assert "莲花路1号" in html
    assert url in agent_client.get(order.get_absolute_url()).content.decode()


def test_a_side_is_chosen(agent_client: Client, agent: User, order: Order, hold: Hold) -> None:
    show_personal(agent, order)
    answer = do(agent_client, "settle-difference", order, hold=str(hold.pk), choice="theirs")
    assert answer.status_code == 302
    order.refresh_from_db()
    assert order.street == "深南大道9号"


def test_no_side_is_422(agent_client: Client, agent: User, order: Order, hold: Hold) -> None:
    show_personal(agent, order)
    answer = do(agent_client, "settle-difference", order, hold=str(hold.pk))
    assert answer.status_code == 422


def test_it_asks_for_a_reveal_first(agent_client: Client, order: Order, hold: Hold) -> None:
    answer = agent_client.get(reverse("settle-difference", args=[order.order_no]))
    assert "/reveal?next=" in answer["Location"]
