"""The call list: attempts, taking a row, what comes of it (SOP 1.3.a, 2.b)."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.acts import TIMER, Actor, act
from orders.factories import OrderFactory
from orders.models import Contact, Hold, Order
from orders.services.calls import ask_buyer
from orders.services.hold import hold_order, open_hold
from orders.words import HoldKind
from staff.factories import UserFactory
from staff.models import Reveal, User
from tests.acts.pages import fields

pytestmark = pytest.mark.django_db


@pytest.fixture
def hold(agent: User) -> Hold:
    order = OrderFactory.create(mobile="13812345678", buyer_message="尺码不确定")
    ask_buyer(order, "问尺码", by=Actor.person(agent), now=timezone.now())
    return Hold.objects.get()


def text(answer: Any) -> str:
    return str(answer.content.decode())


def taken(client: Client, hold: Hold) -> Any:
    page = text(client.get("/calls"))
    token = re.search(r'name="token" value="([^"]+)"', page)
    assert token is not None
    url = reverse("take-call", args=[hold.order.order_no, hold.pk])
    return client.post(url, {"token": token[1]})


def outcome(client: Client, hold: Hold, **typed: Any) -> Any:
    url = reverse("call", args=[hold.order.order_no, hold.pk])
    return client.post(url, fields(text(client.get(url))) | typed)


def test_the_list_masks_and_taking_a_row_shows_the_telephone_and_is_logged(
    agent_client: Client, hold: Hold
) -> None:
    assert "13812345678" not in text(agent_client.get("/calls"))
    url = reverse("call", args=[hold.order.order_no, hold.pk])
    assert "13812345678" not in text(agent_client.get(url))
    answer = taken(agent_client, hold)
    assert "13812345678" in text(agent_client.get(answer.url))
    assert Reveal.objects.get().reason == "联系买家：审单"


def test_a_colleague_sees_who_calls_and_cannot_take_it(agent_client: Client, hold: Hold) -> None:
    taken(agent_client, hold)
    other = Client()
    other.force_login(UserFactory.create(role="aftersales"))
    assert "王芳在联系" in text(other.get("/calls"))
    assert taken(other, hold).url == "/calls"
    assert "王芳正在处理" in text(other.get("/calls"))


def test_not_reached_comes_again_later(agent_client: Client, hold: Hold) -> None:
    before = timezone.now()
    answer = outcome(agent_client, hold, outcome="missed", said="没人接")
    assert answer.url == "/calls"
    contact = Contact.objects.get(about="contact")
    assert (contact.reached, contact.said) == (False, "没人接")
    hold.refresh_from_db()
    assert hold.state == "open"
    assert hold.call_at is not None
    assert hold.call_at >= before + timedelta(hours=2)
    assert contact.call_again_at == hold.call_at
    page = text(agent_client.get("/calls"))
    assert "没联系上" in page
    assert "没人接" in page


def test_reached_and_settled_ends_the_hold_and_the_review_goes_on(
    agent_client: Client, hold: Hold
) -> None:
    outcome(agent_client, hold, outcome="settled", said="要 M 码")
    hold.refresh_from_db()
    assert (hold.state, hold.lifted_why) == ("lifted", "要 M 码")
    order = Order.objects.get()
    assert order.review_by is not None, "the message is still to be passed"
    assert "没有要联系的买家" in text(agent_client.get("/calls"))


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ({"outcome": "settled", "said": ""}, "写一句买家怎么说"),
        ({"outcome": "again", "again": "2020-01-01T10:00"}, "以后的时间"),
        ({"outcome": ""}, "必填"),
        ({"outcome": "gone"}, "gone"),
    ],
)
def test_a_result_that_makes_no_sense_is_asked_again(
    agent_client: Client, hold: Hold, typed: dict[str, str], why: str
) -> None:
    answer = outcome(agent_client, hold, **typed)
    assert answer.status_code == 422
    assert why in text(answer)


def test_what_was_settled_meanwhile_is_not_settled_twice(agent_client: Client, hold: Hold) -> None:
    url = reverse("call", args=[hold.order.order_no, hold.pk])
    data = fields(text(agent_client.get(url)))
    outcome(agent_client, hold, outcome="settled", said="要 M 码")
    data["seen"] = str(Order.objects.get().version)
    answer = agent_client.post(url, data | {"outcome": "settled", "said": "要 L 码"})
    assert answer.status_code == 409
    assert "已经处理过了" in text(answer)


def test_an_agent_reaches_a_buyer_but_a_stock_out_is_aftersales_to_end(
    agent_client: Client,
) -> None:
    order = OrderFactory.create()
    with act("hold", order, by=TIMER) as (row, log):
        open_hold(row, HoldKind.STOCK_OUT, "L 码缺 1 件", by=TIMER, now=log.act.at, cause="7")
    hold = Hold.objects.get()
    assert hold.call_at == hold.opened_at, "a stock-out is to be called at once"
    answer = outcome(agent_client, hold, outcome="settled", said="等货")
    assert answer.status_code == 409
    assert "售后、采购或主管" in text(answer)


def test_a_considering_customer_is_called_the_day_after(agent: User) -> None:
    now = timezone.now()
    order = OrderFactory.create()
    hold_order(order, HoldKind.CUSTOMER, "想想", by=Actor.person(agent), now=now)
    assert Hold.objects.get().call_at == now + timedelta(days=1)


def test_the_kinds_are_apart_and_the_first_due_is_first(agent_client: Client, hold: Hold) -> None:
    order = OrderFactory.create()
    with act("hold", order, by=TIMER) as (row, log):
        early = log.act.at - timedelta(hours=3)
        open_hold(row, HoldKind.STOCK_OUT, "缺 1 件", by=TIMER, now=early)
    rows = agent_client.get("/calls").context["page"].rows
    assert [row.kind for row in rows] == ["stock_out", "review"]
    assert len(agent_client.get("/calls?kind=stock_out").context["page"].rows) == 1


def test_the_list_asks_a_fixed_number_of_queries(
    agent: User, agent_client: Client, django_assert_max_num_queries: Any
) -> None:
    for _ in range(6):
        ask_buyer(OrderFactory.create(), "问", by=Actor.person(agent), now=timezone.now())
    with django_assert_max_num_queries(11):
        assert len(agent_client.get("/calls").context["page"].rows) == 6
