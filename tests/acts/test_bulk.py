"""One act on many orders: a preview, and an answer per row (screens 17, features 56)."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from core.acts import TIMER
from core.models import Act, Job
from orders.factories import OrderFactory, ShopFactory
from orders.models import Hold, Note, Order
from orders.services.hold import hold_order
from orders.words import HoldKind
from staff.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def client() -> Client:
    client = Client()
    client.force_login(UserFactory.create(role="agent"))
    return client


@pytest.fixture
def orders() -> list[Order]:
    """Two that can be released; one shipped, one held."""
    found = [OrderFactory.create(), OrderFactory.create(), OrderFactory.create(state="shipped")]
    held = OrderFactory.create()
    hold_order(held, HoldKind.CUSTOMER, "买家要想想", by=TIMER, now=timezone.now())
    return [*found, held]


def numbers(orders: list[Order]) -> list[str]:
    return [order.order_no for order in orders]


def look(client: Client, act: str, orders: list[Order], **values: Any) -> Any:
    return client.get("/orders/bulk", {"act": act, "no": numbers(orders), **values})


def confirm(client: Client, act: str, orders: list[Order], **values: Any) -> Any:
    values = {"confirm": "1", "token": uuid.uuid4()} | values
    return client.post("/orders/bulk", {"act": act, "no": numbers(orders), **values})


def test_the_preview_says_which_can_and_why_the_others_cannot(
    client: Client, orders: list[Order]
) -> None:
    page = look(client, "release", orders).content.decode()
    assert "4 单里 2 单可以做" in page
    assert "只有已付款的订单可以下发仓库" in page
    assert "有未解除的挂起（客户考虑）" in page
    assert not Act.objects.filter(verb="release").exists()


def test_each_row_answers_for_itself(client: Client, orders: list[Order]) -> None:
    answer = confirm(client, "release", orders)
    assert answer.status_code == 302
    page = client.get(answer.url).content.decode()
    assert "4 单，做了 2 单" in page
    assert page.count("没有做") == 2
    released = Order.objects.filter(released_at__isnull=False).values_list("order_no", flat=True)
    assert sorted(released) == sorted(numbers(orders[:2]))


def test_the_same_form_twice_does_it_once(client: Client, orders: list[Order]) -> None:
    token = uuid.uuid4()
    first = confirm(client, "note", orders, text="同一批的", token=token)
    second = confirm(client, "note", orders, text="同一批的", token=token)
    assert first.url == second.url
    assert Note.objects.count() == 4


def test_hold_and_follow_up_ask_what_they_need(client: Client, orders: list[Order]) -> None:
    assert confirm(client, "hold", orders[:2]).status_code == 422
    confirm(client, "hold", orders[:2], reason="等买家确认颜色")
    assert Hold.objects.filter(reason="等买家确认颜色").count() == 2
    assert confirm(client, "follow_up", orders, on="2020-01-01").status_code == 422
    confirm(client, "follow_up", orders, on=timezone.localdate().isoformat())
    assert Order.objects.filter(follow_up_on__isnull=False).count() == 4


def test_what_a_role_may_not_do_it_may_not_do_in_bulk(orders: list[Order]) -> None:
    client = Client()
    client.force_login(UserFactory.create(role="warehouse"))
    assert look(client, "release", orders).status_code == 403
    assert confirm(client, "release", orders).status_code == 403
    assert look(client, "note", orders).status_code == 200


def test_another_shops_orders_are_not_among_them() -> None:
    mine = OrderFactory.create(shop=ShopFactory.create(code="tb1"))
    other = OrderFactory.create(shop=ShopFactory.create(code="tb2"))
    client = Client()
    client.force_login(UserFactory.create(role="agent", shop_codes=["tb1"]))
    confirm(client, "release", [mine, other])
    other.refresh_from_db()
    assert other.released_at is None
    assert Job.objects.get().result["rows"] == [[mine.order_no, True, "下发仓库"]]


@pytest.mark.parametrize("values", [{}, {"act": "close_order", "no": "G1"}, {"act": "release"}])
def test_nothing_ticked_or_an_act_that_is_none_leads_back(
    client: Client, values: dict[str, str]
) -> None:
    assert client.post("/orders/bulk", values).status_code == 302
    assert client.get("/orders/bulk").status_code == 302


def test_the_result_is_for_who_did_it(client: Client, orders: list[Order]) -> None:
    url = confirm(client, "release", orders).url
    other = Client()
    other.force_login(UserFactory.create(role="agent"))
    assert other.get(url).status_code == 404


def test_the_list_has_boxes_and_the_acts_of_the_role(client: Client, orders: list[Order]) -> None:
    page = client.get("/orders").content.decode()
    assert f'aria-label="勾选 {orders[0].order_no}"' in page
    assert 'value="release">下发仓库' in page


def test_back_and_cancel_lead_to_the_list_with_its_filters(
    client: Client, orders: list[Order]
) -> None:
    """The preview has an address; what one came from is only ever an address of ours."""
    back = "/orders?state=paid&page=abc"
    shown = look(client, "note", orders, back=back).content.decode()
    assert 'href="/orders?state=paid&amp;page=abc">取消' in shown
    done = client.get(confirm(client, "note", orders, text="同一批的", back=back).url)
    assert 'href="/orders?state=paid&amp;page=abc">回到订单' in done.content.decode()
    far = look(client, "note", orders, back="https://example.com/").content.decode()
    assert 'href="/orders">取消' in far
    assert 'method="get" action="/orders/bulk"' in client.get("/orders?state=paid").content.decode()
