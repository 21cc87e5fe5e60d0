"""SOP 5.a: goods that an import could not tell apart are entered by a person."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone

from core.acts import Actor
from core.verdict import Refused
from orders.factories import OrderFactory
from orders.models import Order
from orders.services.confirm import confirm_lines
from orders.services.products import Wanted, modify_products
from orders.services.release import release
from stock.factories import SkuFactory
from stock.models import Sku
from tests.acts.pages import do, page_of, send

NOW = timezone.now()
D = Decimal


@pytest.fixture
def shirts(db: None) -> list[Sku]:
    return [SkuFactory.create(style_no=s, price=p) for s, p in (("A1", "100.00"), ("A2", "50.00"))]


@pytest.fixture
def order(shirts: list[Sku]) -> Order:
    """Two kinds in one cell with one number: 3 pieces, 180.00 paid."""
    order = OrderFactory.create(
        lines=[(shirts[0], 2)], discount=D("20.00"), lines_unclear="衬衫;短袖 共 3 件"
    )
    with OrderFactory.act():
        order.lines.get().delete()
    return order


def test_it_is_not_released_nor_swapped_before(order: Order, by: Actor) -> None:
    with pytest.raises(Refused, match="明细"):
        release(order, by=by, now=NOW)
    with pytest.raises(Refused, match="明细"):
        modify_products(order, [], by=by, now=NOW)


def test_entered_it_goes_on_and_what_was_paid_is_spread(
    order: Order, shirts: list[Sku], by: Actor
) -> None:
    wanted = [Wanted(None, shirts[0], 1), Wanted(None, shirts[1], 2)]
    confirm_lines(order, wanted, by=by, now=NOW)
    order.refresh_from_db()
    assert [line.amount for line in order.lines.all()] == [D("90.00"), D("90.00")]
    assert (order.due, order.goods_total, order.goods_count) == (D("180.00"), D("180.00"), 3)
    assert order.lines_unclear == ""
    release(order, by=by, now=NOW)


def test_nothing_entered_is_refused(order: Order, by: Actor) -> None:
    with pytest.raises(Refused, match="至少要录入"):
        confirm_lines(order, [], by=by, now=NOW)


def test_clear_lines_need_no_confirming(by: Actor) -> None:
    with pytest.raises(Refused, match="清楚"):
        confirm_lines(OrderFactory.create(), [], by=by, now=NOW)


def test_on_the_screen(agent_client: Client, order: Order) -> None:
    html = agent_client.get(order.get_absolute_url()).content.decode()
    assert f"/orders/{order.order_no}/confirm-lines" in html
    data = page_of(agent_client, "confirm-lines", order)
    data |= {"new0-find": "A1", "more": "1"}
    more = send(agent_client, "confirm-lines", order, data)
    assert 'name="new1-find"' in more.content.decode()
    typed = {"rows": "2", "new0-quantity": "1", "new1-find": "A2", "new1-quantity": "2"}
    del data["more"]
    assert send(agent_client, "confirm-lines", order, data | typed).status_code == 302
    order.refresh_from_db()
    assert order.goods_count == 3


def test_an_empty_form_says_what_is_missing(agent_client: Client, order: Order) -> None:
    answer = do(agent_client, "confirm-lines", order)
    assert answer.status_code == 409
    assert "至少要录入一种商品" in answer.content.decode()
