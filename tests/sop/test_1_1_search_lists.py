"""A search is narrowed by filters, in words, and kept as a view (SOP 1.6.b)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from orders.factories import OrderFactory
from orders.models import Order
from orders.selectors.filters import MONEY, OTHER
from staff.factories import UserFactory
from tests.sop.searching import (
    NO,
    NOW,
    address,
    found,
    hold,
    others,
    sign_in,
    the_order,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def agent(client: Client) -> Any:
    return sign_in(client)


@pytest.fixture
def order(db: None) -> Order:
    return the_order()


# -- filters --------------------------------------------------------------------------------------


def test_filters_narrow_and_are_said_in_words(client: Client, agent: Any) -> None:
    others(2, state="paid")
    [held] = others(1, state="paid")
    hold(held, "stock_out")
    page = client.get("/orders?state=paid&hold=stock_out")
    assert [row.order_no for row in page.context["found"].page.rows] == [held.order_no]
    assert page.context["said"] == "已付款、挂起：缺货"
    [without_state, without_hold] = [href for _, href in page.context["chips"]]
    assert (without_state, without_hold) == ("?hold=stock_out", "?state=paid")


def test_narrowing_a_list_to_one_order_does_not_open_it(client: Client, agent: Any) -> None:
    """Only the box opens: whoever narrows a list wants to see the list, and to take it back."""
    others(1, state="shipped")
    [paid] = others(1, state="paid")
    assert found(client, "王小明", state="paid") == [paid.order_no]
    sent = client.post("/orders", {"q": "王小明"})
    assert client.get("/orders", {**address(sent), "state": "paid"}).status_code == 200


def test_box_searches_everything_whatever_was_filtered(
    client: Client, agent: Any, order: Order
) -> None:
    sent = client.post("/orders?state=unpaid", {"q": NO})
    assert client.get(sent.headers["Location"]).headers["Location"] == f"/orders/{NO}"


def odd_orders() -> dict[str, Order]:
    """One order for each money state and each other filter."""
    made = {
        "part": OrderFactory.create(due=Decimal(100), paid=Decimal(60)),
        "over": OrderFactory.create(due=Decimal(10), paid=Decimal(60)),
        "owed": OrderFactory.create(owed_back=Decimal(5)),
        "top_up": OrderFactory.create(),
        "untied": OrderFactory.create(is_top_up=True),
        "refund": OrderFactory.create(refund_reserved=Decimal(1)),
        "modified": OrderFactory.create(modified_at=NOW),
        "released": OrderFactory.create(released=True),
        "masked": OrderFactory.create(masked=True),
        "paid_late": OrderFactory.create(paid_late="reopened"),
        "unclear": OrderFactory.create(lines_unclear="拆不开"),
        "late": OrderFactory.create(ship_by=timezone.now() - timedelta(hours=1)),
        "at_risk": OrderFactory.create(ship_by=timezone.now() + timedelta(hours=1)),
        "follow": OrderFactory.create(follow_up_on=timezone.localdate()),
    }
    hold(made["top_up"], "top_up")
    return made


@pytest.mark.parametrize("name", [*MONEY, *OTHER])
def test_each_money_and_other_filter(client: Client, agent: Any, name: str) -> None:
    made = odd_orders()
    Order.objects.filter(pk=made["follow"].pk).update(follow_up_by=agent)
    key = "money" if name in MONEY else "other"
    numbers = {
        row.order_no for row in client.get(f"/orders?{key}={name}").context["found"].page.rows
    }
    if name == "unreleased":
        assert made["released"].order_no not in numbers
        assert len(numbers) == len(made) - 1
    else:
        assert numbers == {made[name].order_no}


def test_rows_say_what_is_odd_about_the_money(client: Client, agent: Any) -> None:
    odd_orders()
    text = client.get("/orders").content.decode()
    for words in (
        "还差 40.00",
        "多付 50.00",
        "应退 5.00",
        "有退款 1.00",
        "补差价未付",
        "补差价未关联",
    ):
        assert words in text


def test_dates_include_both_days(client: Client, agent: Any) -> None:
    for day in range(1, 6):
        at = datetime(2026, 11, day, 4, 0, tzinfo=UTC)
        OrderFactory.create(order_no=f"G26110{day}0001", ordered_at=at)
    page = client.get("/orders?since=2026-11-02&until=2026-11-04")
    numbers = [row.order_no for row in page.context["found"].page.rows]
    assert numbers == ["G261104" + "0001", "G261103" + "0001", "G261102" + "0001"]


def test_filters_that_make_no_sense_are_left_out(client: Client, agent: Any, order: Order) -> None:
    address = "/orders?state=nonsense&since=0001-01-01&until=9999-12-31&shop=%00&page="
    assert len(client.get(address).context["found"].page.rows) in (0, 4)
    assert client.get("/orders?page=abc").headers["Location"] == "/orders"
    assert client.get("/orders?x=abc").headers["Location"] == "/orders"


# -- saved views ----------------------------------------------------------------------------------


def test_view_is_saved_with_its_filters_and_shared(client: Client) -> None:
    senior, agent = UserFactory.create(role="senior"), UserFactory.create()
    client.force_login(senior)
    client.post("/views", {"name": "缺货待办", "query": "hold=stock_out", "shared": "on"})
    client.force_login(agent)
    page = client.get("/orders")
    assert [view.name for view in page.context["views"]] == ["缺货待办"]
    assert "hold=stock_out" in page.content.decode()
    [view] = page.context["views"]
    assert client.post(f"/views/{view.pk}/delete").status_code == 404


def test_a_view_is_replaced_only_when_one_says_so(client: Client, agent: Any) -> None:
    client.post("/views", {"name": "待办", "query": "state=paid"})
    other = {"name": "待办", "query": "state=shipped"}
    page = client.post("/views", other, follow=True)
    assert "已经有叫“待办”的视图，没有存" in page.content.decode()
    assert "换掉同名的" in page.content.decode()
    assert [view.query for view in page.context["views"]] == ["state=paid"]
    page = client.post("/views", other | {"replace": "on"}, follow=True)
    assert [view.query for view in page.context["views"]] == ["state=shipped"]


def test_agent_may_not_share_a_view(client: Client, agent: Any) -> None:
    page = client.post(
        "/views", {"name": "我的", "query": "state=paid", "shared": "on"}, follow=True
    )
    assert "您的角色不能共享视图" in page.content.decode()
    assert page.context["filters"]["state"] == "paid"
