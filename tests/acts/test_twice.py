"""Double clicks, re-sent forms, two agents at once (failure modes 5, 6): threads over HTTP.

On PostgreSQL the threads are truly parallel; on SQLite the IMMEDIATE transaction queues them.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from core.acts import doing
from core.models import Act
from core.states import StateMixin
from orders.factories import OrderFactory, ShopFactory
from orders.models import Note, Order
from orders.words import Channel
from staff.factories import UserFactory
from staff.models import User
from stock.factories import SkuFactory
from tests.acts.pages import fields, page_of, show_personal

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.soak]


@pytest.fixture
def people() -> list[User]:
    return [UserFactory.create(full_name=name) for name in ("王芳", "李雷")]


@pytest.fixture
def order(people: list[User]) -> Order:
    order = OrderFactory.create()
    for user in people:
        show_personal(user, order)
    return order


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """Do all of them at the same moment, each in its own thread and connection."""
    barrier, found = threading.Barrier(len(calls)), [None] * len(calls)

    def run(index: int) -> None:
        try:
            barrier.wait()
            found[index] = calls[index]()
        except Exception as error:
            found[index] = error  # type: ignore[call-overload]
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(index,)) for index in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    for one in found:
        if isinstance(one, Exception):
            raise one
    return found


def test_a_double_click_writes_one_note(people: list[User], order: Order) -> None:
    client = signed_in(people[0])
    url = reverse("note", args=[order.order_no])
    data = page_of(client, "note", order) | {"text": "只写一次"}
    answers = at_once(*[lambda: client.post(url, data) for _ in range(4)])
    assert {answer.status_code for answer in answers} == {302}
    assert len({answer["Location"] for answer in answers}) == 1
    assert Note.objects.count() == 1


def test_without_the_token_it_would_be_written_as_often_as_it_came(
    people: list[User], order: Order
) -> None:
    """The negative control: the token is what makes it one."""
    client = signed_in(people[0])
    url = reverse("note", args=[order.order_no])
    forms = [page_of(client, "note", order) | {"text": "每次都写"} for _ in range(4)]
    at_once(*[lambda data=data: client.post(url, data) for data in forms])
    assert Note.objects.count() == 4


def test_two_agents_on_one_order_the_second_gets_both_values(
    people: list[User], order: Order
) -> None:
    url = reverse("modify-receiving", args=[order.order_no])
    clients = [signed_in(user) for user in people]
    forms = [
        page_of(client, "modify-receiving", order) | {"street": f"莲花路{number}号"}
        for number, client in enumerate(clients, 1)
    ]
    answers = at_once(
        *[lambda c=c, d=d: c.post(url, d) for c, d in zip(clients, forms, strict=True)]
    )
    assert sorted(answer.status_code for answer in answers) == [302, 409]
    loser = [answer.status_code for answer in answers].index(409)
    html = answers[loser].content.decode()
    assert people[1 - loser].full_name in html
    assert f"莲花路{2 - loser}号" in html  # what stands there now
    assert f'value="莲花路{loser + 1}号"' in html  # what was typed
    order.refresh_from_db()
    assert (order.street, order.version) == (f"莲花路{2 - loser}号", 2)


def test_without_the_version_the_first_agents_change_would_be_lost(
    people: list[User], order: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: both are told “done”, and one value is gone."""
    monkeypatch.setattr(doing, "_check_seen", lambda row, seen: None)
    url = reverse("modify-receiving", args=[order.order_no])
    clients = [signed_in(user) for user in people]
    forms = [
        page_of(client, "modify-receiving", order) | {"street": f"莲花路{number}号"}
        for number, client in enumerate(clients, 1)
    ]
    answers = at_once(
        *[lambda c=c, d=d: c.post(url, d) for c, d in zip(clients, forms, strict=True)]
    )
    assert [answer.status_code for answer in answers] == [302, 302]


def test_an_order_registered_by_a_double_click_is_one(people: list[User]) -> None:
    """Here no row is there to be locked: the token's own uniqueness decides."""
    ShopFactory.create(code="tel", channel=Channel.TELEPHONE.value)
    SkuFactory.create(style_no="A2031")
    client = signed_in(people[0])
    data = fields(client.get("/orders/register").content.decode())
    data |= {"consignee": "陈建生", "mobile": "13800138000", "province": "广东省"}
    data |= {"city": "深圳市", "district": "福田区", "street": "农园路66号"}
    data |= {"new0-find": "A2031", "new0-quantity": "1", "account": "30998721"}
    answers = at_once(*[lambda: client.post("/orders/register", data) for _ in range(3)])
    assert {answer.status_code for answer in answers} == {302}
    assert len({answer["Location"] for answer in answers}) == 1
    assert Order.objects.count() == 1
    assert Act.objects.filter(verb="register_order").count() == 1


def test_one_trade_number_on_two_orders_at_once_is_registered_once(people: list[User]) -> None:
    finance = UserFactory.create(role="finance")
    orders = [OrderFactory.create(state="unpaid") for _ in range(2)]
    client = signed_in(finance)
    calls = []
    for each in orders:
        url = reverse("mark-paid", args=[each.order_no])
        data = page_of(client, "mark-paid", each) | {"number": "T1", "amount": "1.00"}
        calls.append(lambda url=url, data=data: client.post(url, data))
    answers = at_once(*calls)
    assert sorted(answer.status_code for answer in answers) == [302, 409]


def test_release_and_an_edit_at_once_one_wins_and_the_other_is_told(
    people: list[User], order: Order
) -> None:
    """Failure mode 7."""
    first, second = (signed_in(user) for user in people)
    edit = page_of(first, "modify-receiving", order) | {"street": "莲花路1号"}
    go = page_of(second, "release", order)
    answers = at_once(
        lambda: first.post(reverse("modify-receiving", args=[order.order_no]), edit),
        lambda: second.post(reverse("release", args=[order.order_no]), go),
    )
    assert sorted(answer.status_code for answer in answers) == [302, 409]


def test_a_protected_state_stays_protected_while_others_refresh(order: Order) -> None:
    """django-fsm-2's own mixin switches the protection off class-wide meanwhile (core.states)."""
    assert isinstance(order, StateMixin)
    broken: list[str] = []

    def refresh() -> None:
        row = Order.objects.get(pk=order.pk)
        for _ in range(25):
            row.refresh_from_db()

    def assign() -> None:
        row = Order.objects.get(pk=order.pk)
        for _ in range(200):
            try:
                row.state = "shipped"
            except AttributeError:
                continue
            broken.append(row.state)

    at_once(refresh, refresh, assign)
    assert broken == []
