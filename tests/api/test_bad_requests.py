"""Whatever is sent, the answer says what is wrong with it, and it is never our fault."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from orders.models import Order
from tests.api.conftest import ORDERS, Api, faults

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"{", 400, "malformed"),
        (b"", 422, "invalid"),
        (b"[" * 100_000, 400, "too_deep"),
        (json.dumps([[[[[[[[[1]]]]]]]]]).encode(), 400, "too_deep"),
        (b'{"platform_no": "1", "platform_no": "2"}', 400, "key_twice"),
        (b'{"freight": NaN}', 400, "malformed"),
        (b'{"freight": ' + b"9" * 5000 + b"}", 400, "malformed"),
        (b'{"platform_no": "\xff"}', 400, "not_utf8"),
        ("null", 422, "invalid"),
        ('"text"', 422, "invalid"),
        ("[1, 2]", 422, "invalid"),
        ('{"\\u0000": "\\ud800"}', 422, "invalid"),
        (b'{"x": "' + b"x" * 300_000 + b'"}', 413, "too_large"),
    ],
)
def test_a_body_that_cannot_be_read(api: Api, body: Any, status: int, code: str) -> None:
    answer = api.post(ORDERS, body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["type"] == f"urn:gendan:problem:{code}"


def test_signs_that_no_database_keeps_are_named_by_their_place(
    api: Api, order: dict[str, Any]
) -> None:
    order["receiving"]["consignee"] = "陈\0"
    order["message"] = "\ud83d"
    order["lines"][0]["sku"] = "\x1b[2J"
    assert faults(api.post(ORDERS, order)) == {
        "#/lines/0/sku": "bad_character",
        "#/receiving/consignee": "bad_character",
        "#/message": "bad_character",
    }


def test_json_only(api: Api, order: dict[str, Any]) -> None:
    answer = api.post(ORDERS, json.dumps(order), **{"Content-Type": "text/plain"})
    assert (answer.status_code, answer.json()["code"]) == (415, "not_json")


@pytest.mark.parametrize(
    "money", ["10", "10.0", "10.000", "-1.00", "1e2", "１.00", " 1.00", "1,000.00", "01.00", None]
)
def test_money_has_one_way_to_be_written(api: Api, order: dict[str, Any], money: Any) -> None:
    assert faults(api.post(ORDERS, order | {"freight": money})) == {"#/freight": "bad_money"}


@pytest.mark.parametrize(
    "at",
    ["2026-11-23", "2026-11-23T10:00:00", "2026-02-30T10:00:00Z", 1, "9999-12-31T23:59:59-23:59"],
)
def test_a_time_has_its_zone(api: Api, order: dict[str, Any], at: Any) -> None:
    assert faults(api.post(ORDERS, order | {"ordered_at": at})) == {"#/ordered_at": "bad_time"}


def test_other_methods_and_addresses_are_problems_too(api: Api) -> None:
    headers = {"Authorization": f"Bearer {api.text}"}
    answer = Client().delete(ORDERS, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (405, "method")
    assert set(answer["Allow"].split(", ")) == {"GET", "POST"}
    for address in ("/api/v1/", "/api/v1/order", f"{ORDERS}/G1/refunds"):
        assert Client().get(address).json()["code"] == "no_address"


@pytest.mark.parametrize("number", ["x", "%00", "%ED%A0%80", "G" * 200, "..%2f..", "%F0%9F%92%A9"])
def test_a_number_that_is_none_is_404_or_422(api: Api, number: str) -> None:
    assert api.get(f"{ORDERS}/{number}").status_code in (404, 422)


def test_a_mistake_of_ours_is_told_without_its_inside(
    api: Api, order: dict[str, Any], monkeypatch: pytest.MonkeyPatch, caplog: Any
) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("陈建生")

    monkeypatch.setattr("orders.api.orders.take_in", broken)
    answer = api.post(ORDERS, order, key="k1")
    assert (answer.status_code, answer.json()["code"]) == (500, "our_fault")
    assert "陈建生" not in answer.content.decode()
    assert "API POST failed" in caplog.text
    monkeypatch.undo()
    assert api.post(ORDERS, order, key="k1").status_code == 201  # nothing was kept of it
    assert Order.objects.count() == 1
