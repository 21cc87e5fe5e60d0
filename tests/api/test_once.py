"""`Idempotency-Key`: the same again gives the same, also when it comes twice at once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.http import HttpResponse
from django.utils import timezone

from orders.factories import OrderFactory
from orders.models import ApiAnswer, Note, Order, Shop
from orders.services.api_answers import forget_answers
from orders.tasks import forget_api_answers
from tests.api.conftest import ORDERS, Api, faults, token_for

pytestmark = pytest.mark.django_db


def test_the_same_key_and_body_get_the_same_answer(api: Api, order: dict[str, Any]) -> None:
    first, again = api.post(ORDERS, order, key="k1"), api.post(ORDERS, order, key="k1")
    assert (again.status_code, again.content) == (201, first.content)
    assert again["Location"] == first["Location"]
    assert (again["Idempotent-Replayed"], first.get("Idempotent-Replayed")) == ("true", None)
    assert Order.objects.count() == 1


def test_another_body_or_address_is_422(api: Api, shop: Shop) -> None:
    order, other = OrderFactory.create(shop=shop), OrderFactory.create(shop=shop)
    body = {"text": "一"}
    api.post(f"{ORDERS}/{order.order_no}/notes", body, key="k1")
    for address, text in ((order, "二"), (other, "一")):
        answer = api.post(f"{ORDERS}/{address.order_no}/notes", {"text": text}, key="k1")
        assert (answer.status_code, answer.json()["code"]) == (422, "key_reused")
    assert Note.objects.count() == 1


def test_a_refusal_is_kept_too(api: Api, shop: Shop) -> None:
    at = f"{ORDERS}/{OrderFactory.create(shop=shop).order_no}/payments"
    paid = {"gateway": "bank", "trade_no": "B1", "amount": "1.00"}
    first, again = api.post(at, paid, key="k1"), api.post(at, paid, key="k1")
    assert first.status_code == again.status_code == 409
    assert first.content == again.content
    assert again["Content-Type"] == "application/problem+json"


def test_what_cannot_be_read_uses_no_key_up(api: Api, order: dict[str, Any]) -> None:
    assert api.post(ORDERS, order | {"lines": []}, key="k1").status_code == 422
    assert api.post(ORDERS, order, key="k1").status_code == 201


def test_keys_of_two_tokens_are_two(api: Api, shop: Shop) -> None:
    at = f"{ORDERS}/{OrderFactory.create(shop=shop).order_no}/notes"
    assert api.post(at, {"text": "一"}, key="k1").status_code == 201
    assert token_for(shop).post(at, {"text": "二"}, key="k1").status_code == 201


@pytest.mark.parametrize("key", ["", " ", "a b", "键", "x" * 129])
def test_a_key_is_needed_and_is_visible_ascii(api: Api, order: dict[str, Any], key: str) -> None:
    answer = api.post(ORDERS, order, **{"Idempotency-Key": key})
    assert (answer.status_code, list(faults(answer))) == (422, ["#/Idempotency-Key"])
    assert not Order.objects.exists()


def test_a_key_is_forgotten_after_a_day(api: Api, shop: Shop) -> None:
    at = f"{ORDERS}/{OrderFactory.create(shop=shop).order_no}/notes"
    api.post(at, {"text": "一"}, key="k1")
    with time_machine.travel(timezone.now() + timedelta(hours=24), tick=False):
        assert api.post(at, {"text": "二"}, key="k1").status_code == 201
        assert forget_answers(timezone.now()) == 0
    with time_machine.travel(timezone.now() + timedelta(hours=48), tick=False):
        forget_api_answers()
    assert not ApiAnswer.objects.exists()


def at_once(ask: Callable[[int], HttpResponse], count: int) -> list[HttpResponse]:
    def alone(n: int) -> HttpResponse:
        try:
            return ask(n)
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(alone, range(count)))


@pytest.mark.soak
@pytest.mark.django_db(transaction=True)
def test_the_same_request_many_times_at_once_is_done_once(api: Api, order: dict[str, Any]) -> None:
    answers = at_once(lambda _: api.post(ORDERS, order, key="k1"), 6)
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert sum("Idempotent-Replayed" in answer for answer in answers) == 5
    assert Order.objects.count() == 1


@pytest.mark.soak
@pytest.mark.django_db(transaction=True)
def test_the_same_order_by_many_keys_at_once_is_one_order(api: Api, order: dict[str, Any]) -> None:
    answers = at_once(lambda n: api.post(ORDERS, order, key=f"k{n}"), 6)
    assert sorted(answer.status_code for answer in answers) == [200] * 5 + [201]
    assert Order.objects.count() == 1
