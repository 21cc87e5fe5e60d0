"""Notices, and showing personal data for a shift with a reason (architecture §7)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.models import Act
from orders.factories import OrderFactory, ShopFactory
from orders.models import Order
from staff.factories import UserFactory
from staff.models import Notice, Reveal, User
from staff.roles import Role
from staff.selectors import revealed, unread_of
from staff.services.tell import tell

pytestmark = pytest.mark.django_db


@pytest.fixture
def agent(client: Client) -> User:
    user: User = UserFactory.create()
    client.force_login(user)
    return user


def text(answer: Any) -> str:
    return str(answer.content.decode())


# Notices


def test_a_notice_is_unread_until_it_is_marked(client: Client, agent: User) -> None:
    tell("导出好了", to=agent, url="/exports")
    tell("大家看", role=Role.AGENT)
    tell("给财务", role=Role.FINANCE)
    assert unread_of(agent).count() == 2
    page = text(client.get(reverse("notices")))
    assert page.count("未读") == 2
    assert "给财务" not in page
    assert unread_of(agent).count() == 2, "a GET changes nothing"
    client.post(reverse("notices"))
    assert unread_of(agent).count() == 0
    assert "未读" not in text(client.get(reverse("notices")))


def test_what_one_person_read_is_unread_for_the_others(client: Client, agent: User) -> None:
    tell("大家看", role=Role.AGENT)
    client.post(reverse("notices"))
    assert unread_of(UserFactory.create()).count() == 1


def test_the_same_key_tells_once(agent: User) -> None:
    for _ in range(2):
        tell("补差价到账", to=agent, key="top-up:1")
    assert Notice.objects.count() == 1


# Reveals


@pytest.fixture
def order() -> Order:
    made: Order = OrderFactory.create(mobile="13812345678", street="农园路66号")
    return made


def show(client: Client, order: Order, reason: str = "核对身份") -> Any:
    return client.post(reverse("reveal", args=[order.order_no]), {"reason": reason})


def test_personal_data_is_masked_until_it_is_revealed(
    client: Client, agent: User, order: Order
) -> None:
    masked = text(client.get(order.get_absolute_url()))
    assert "13812345678" not in masked
    assert "陈建生" not in masked
    assert show(client, order).status_code == 302
    shown = text(client.get(order.get_absolute_url()))
    assert "13812345678" in shown
    assert "陈建生" in shown
    row = Reveal.objects.get()
    assert (row.user, row.subject_no, row.reason) == (agent, order.order_no, "核对身份")


@pytest.mark.parametrize("reason", ["", " ", "x"])
def test_a_reveal_needs_a_reason(client: Client, agent: User, order: Order, reason: str) -> None:
    assert show(client, order, reason).status_code == 422
    assert not Reveal.objects.exists()


def test_a_reveal_is_good_for_the_shift(client: Client, agent: User, order: Order) -> None:
    begin = timezone.now()
    show(client, order)
    for hours, good in ((0, True), (11.9, True), (12.1, False)):
        with time_machine.travel(begin + timedelta(hours=hours), tick=False):
            assert revealed(agent, "order", order.pk) is good


def test_a_reveal_is_good_for_this_person_and_this_order(
    client: Client, agent: User, order: Order
) -> None:
    show(client, order)
    assert not revealed(UserFactory.create(), "order", order.pk)
    assert not revealed(agent, "order", OrderFactory.create().pk)


def test_purchasing_sees_no_personal_data(client: Client, order: Order) -> None:
    client.force_login(UserFactory.create(role="purchasing"))
    assert show(client, order).status_code == 403
    assert "reveal" not in text(client.get(order.get_absolute_url()))


def test_another_shops_order_is_not_revealed(client: Client, order: Order) -> None:
    ShopFactory.create(code="jd1")
    client.force_login(UserFactory.create(shop_codes=["jd1"]))
    assert show(client, order).status_code == 404
    assert not Reveal.objects.exists()


def test_the_timeline_holds_nothing_personal(client: Client, agent: User, order: Order) -> None:
    show(client, order)
    assert "13812345678" not in str(list(Act.objects.values()))
