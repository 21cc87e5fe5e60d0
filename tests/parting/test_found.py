"""A merged number leads to the order that ships, wherever it is asked for (SOP 1.6.b, 2.b)."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from core.acts import Actor
from core.verdict import Refused
from orders.factories import BuyerFactory, OrderFactory
from orders.models import HandTask, Order
from orders.policy import Receiving
from orders.reading import read
from orders.selectors.search import search
from orders.services.merge import merge_orders
from orders.services.modify import modify_receiving
from orders.services.split import Wish, split_order
from stock.factories import SkuFactory

pytestmark = pytest.mark.django_db
AGENT = Actor("person", "李雷")


@pytest.fixture
def merged() -> tuple[Order, Order]:
    buyer = BuyerFactory.create()
    first, second = (OrderFactory.create(buyer=buyer, mobile="13800138000") for _ in range(2))
    merge_orders(first, [second], by=AGENT, now=timezone.now())
    first.refresh_from_db()
    second.refresh_from_db()
    return first, second


def found(text: str) -> list[Order]:
    return search(None, read(text)).page.rows


def test_its_numbers_find_the_order_that_ships(merged: tuple[Order, Order]) -> None:
    first, second = merged
    assert found(second.order_no) == [first]
    assert found(second.platform_no) == [first]
    assert found(first.platform_no) == [first]
    assert found(f"{first.order_no} {second.order_no}") == [first]
    assert found(f"{second.order_no} {second.platform_no}") == [first]


def test_all_parts_of_a_split_are_found_by_their_number() -> None:
    order = OrderFactory.create(lines=[(SkuFactory.create(), 2)])
    [line] = order.lines.all()
    split_order(order, Wish({line.pk: 1}), by=AGENT, now=timezone.now())
    assert {row.part for row in found(order.platform_no)} == {0, 1}


def test_the_search_box_opens_it(agent_client: Client, merged: tuple[Order, Order]) -> None:
    first, second = merged
    answer = agent_client.post("/orders", {"q": second.order_no}, follow=True)
    assert answer.redirect_chain[-1][0].startswith(first.get_absolute_url())


def moved(order: Order) -> Receiving:
    return Receiving(**(order.receiving.values() | {"street": "莲花路2号"}))


def test_a_changed_address_is_told_for_every_number(merged: tuple[Order, Order]) -> None:
    first, second = merged
    modify_receiving(first, moved(first), by=AGENT, now=timezone.now())
    second.refresh_from_db()
    assert second.street == "莲花路2号"
    tasks = HandTask.objects.filter(kind="address").values_list("order_id", flat=True)
    assert set(tasks) == {first.pk, second.pk}


def test_the_address_of_one_part_is_not_told_for_the_whole_number() -> None:
    order = OrderFactory.create(lines=[(SkuFactory.create(), 2)])
    [line] = order.lines.all()
    split_order(order, Wish({line.pk: 1}), by=AGENT, now=timezone.now())
    second = Order.objects.get(part=1)
    modify_receiving(second, moved(second), by=AGENT, now=timezone.now())
    assert not HandTask.objects.filter(kind="address").exists()


def test_the_merged_one_is_not_modified(merged: tuple[Order, Order]) -> None:
    _, second = merged
    with pytest.raises(Refused):
        modify_receiving(second, moved(second), by=AGENT, now=timezone.now())


def test_its_page_says_where_it_went(agent_client: Client, merged: tuple[Order, Order]) -> None:
    first, second = merged
    html = agent_client.get(second.get_absolute_url()).content.decode()
    assert f"已合并到 {first.order_no}，由那一单发货" in html
    assert "合在一个包裹里" in html
