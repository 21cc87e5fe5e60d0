"""SOP 5.a: another system registers orders, pays and notes by the same acts and checks."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from core.models import Act
from orders.factories import OrderFactory, ShopFactory
from orders.models import Order, Shop
from orders.selectors import feed
from orders.words import Delivery, Gateway, OrderState, Terms
from tests.api.conftest import ORDERS, Api, faults, token_for

pytestmark = pytest.mark.django_db


def test_an_order_is_registered_like_one_by_hand(
    api: Api, shop: Shop, order: dict[str, Any]
) -> None:
    answer = api.post(ORDERS, order)
    shown = answer.json()
    assert answer.status_code == 201
    assert answer["Location"] == f"/api/v1/orders/{shown['order_no']}"
    assert (shown["state"], shown["due"], shown["freight"]) == ("unpaid", "310.00", "10.00")
    assert shown["lines"][0]["amount"] == "300.00"
    made = Order.objects.get(order_no=shown["order_no"])
    assert (made.shop, made.platform_no, made.mobile_tail) == (shop, "WEB-1001", "8000")
    act = Act.objects.get(order_no=made.order_no)
    assert (act.verb, act.clause) == ("register_order", "5.a")
    assert (act.actor_kind, act.actor_name) == ("platform", "接口 商城")
    assert not made.contacts.exists()


def test_however_a_mobile_is_written_the_order_is_found_by_it(
    api: Api, order: dict[str, Any]
) -> None:
    order["receiving"]["mobile"] = "+86 138-0013-8000"
    shown = api.post(ORDERS, order).json()
    assert Order.objects.get(order_no=shown["order_no"]).mobile == "13800138000"


def test_what_was_paid_comes_with_it(api: Api, order: dict[str, Any]) -> None:
    paid = {"gateway": "wechat", "trade_no": "4200001", "amount": "310.00"}
    shown = api.post(ORDERS, order | {"payments": [paid]}).json()
    assert (shown["state"], shown["paid"]) == ("paid", "310.00")
    assert shown["payments"][0]["trade_no"] == "4200001"
    assert shown["paid_at"].endswith("Z")


def test_a_payment_that_is_refused_leaves_no_order(api: Api, order: dict[str, Any]) -> None:
    paid = {"gateway": "wechat", "trade_no": "4200001", "amount": "310.00"}
    api.post(ORDERS, order | {"payments": [paid]})
    answer = api.post(ORDERS, order | {"platform_no": "WEB-1002", "payments": [paid]})
    assert answer.status_code == 409
    assert "已经登记过" in answer.json()["detail"]
    assert Order.objects.count() == 1


def test_the_same_order_again_is_the_same_order(api: Api, order: dict[str, Any]) -> None:
    first, again = api.post(ORDERS, order), api.post(ORDERS, order)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["order_no"] == again.json()["order_no"]
    other = api.post(ORDERS, order | {"message": "要开发票"})
    assert (other.status_code, other.json()["code"]) == (409, "order_exists")
    assert other.json()["order_no"] == first.json()["order_no"]


def test_a_platforms_shop_takes_imports_only(order: dict[str, Any]) -> None:
    answer = token_for(ShopFactory.create()).post(ORDERS, order)
    assert answer.status_code == 409
    assert answer.json()["clause"] == "5.a"
    assert "由平台导入" in answer.json()["detail"]


def test_every_fault_is_listed_with_its_place(api: Api, order: dict[str, Any]) -> None:
    """First how it is written, then what it says: each time all of it."""
    badly = order | {"lines": [{"sku": 5, "quantity": True}], "colour": "red", "freight": 10}
    del badly["platform_no"]
    assert faults(api.post(ORDERS, badly)) == {
        "#/platform_no": "missing",
        "#/lines/0/sku": "not_text",
        "#/lines/0/quantity": "not_a_number",
        "#/colour": "unknown_field",
        "#/freight": "bad_money",
    }
    wrongly = order | {
        "lines": [*order["lines"], {"sku": "A2031", "quantity": 1}],  # a style is no SKU
        "receiving": order["receiving"] | {"mobile": "123", "city": "长春市", "street": ""},
        "carrier": "XX",
        "ordered_at": "2031-01-01T00:00:00+08:00",
        "payments": [{"gateway": "bank", "trade_no": "1", "amount": "0.00"}],
    }
    assert faults(api.post(ORDERS, wrongly)) == {
        "#/lines/1/sku": "unknown_sku",
        "#/receiving/mobile": "bad_receiving",
        "#/receiving/province": "bad_receiving",
        "#/receiving/street": "bad_receiving",
        "#/carrier": "not_a_choice",
        "#/ordered_at": "bad_time",
        "#/payments/0/amount": "too_small",
    }
    assert not Order.objects.exists()


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"discount": "400.00"}, "#/discount"),
        ({"total": "309.99"}, "#/total"),
        ({"lines": [{"sku": "A2031-藏青-L", "quantity": 9999}] * 100}, "#/lines"),
    ],
)
def test_money_that_cannot_be_is_refused(
    api: Api, order: dict[str, Any], change: dict[str, Any], place: str
) -> None:
    assert list(faults(api.post(ORDERS, order | change))) == [place]


def test_a_total_that_agrees_and_an_earlier_time_are_kept(api: Api, order: dict[str, Any]) -> None:
    at = (timezone.now() - timedelta(hours=2)).replace(microsecond=0)
    more = {"total": "310.00", "ordered_at": at.isoformat()}
    shown = api.post(ORDERS, order | more).json()
    assert Order.objects.get(order_no=shown["order_no"]).ordered_at == at


def test_pick_up_needs_no_address(api: Api, order: dict[str, Any]) -> None:
    told = {"consignee": "陈建生", "mobile": "13800138000"}
    shown = api.post(ORDERS, order | {"delivery": "pickup", "receiving": told})
    assert shown.status_code == 201


def test_an_order_is_read_with_masked_personal_data(api: Api, order: dict[str, Any]) -> None:
    number = api.post(ORDERS, order).json()["order_no"]
    answer = api.get(f"{ORDERS}/{number.lower()}")
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    told = answer.json()["receiving"]
    assert (told["consignee"], told["phone"]) == ("陈*生", "138****8000")
    for secret in ("陈建生", "13800138000", "66号"):
        assert secret not in answer.content.decode()


def test_another_shops_order_is_not_there(api: Api) -> None:
    theirs = OrderFactory.create().order_no
    paid = {"gateway": "bank", "trade_no": "1", "amount": "1.00"}
    for answer in (
        api.get(f"{ORDERS}/{theirs}"),
        api.post(f"{ORDERS}/{theirs}/payments", paid),
        api.post(f"{ORDERS}/{theirs}/notes", {"text": "在吗"}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (404, "no_order")
    assert api.get(f"{ORDERS}?platform_no=x").json()["orders"] == []


# Payments, notes


def test_a_payment_moves_the_order_on_and_counts_once(api: Api, order: dict[str, Any]) -> None:
    at = f"{ORDERS}/{api.post(ORDERS, order).json()['order_no']}/payments"
    paid = {"gateway": "bank", "trade_no": "B77", "amount": "310.00"}
    answer = api.post(at, paid)
    assert (answer.status_code, answer.json()["state"]) == (201, "paid")
    again = api.post(at, paid)
    assert (again.status_code, again.json()["code"]) == (409, "refused")
    assert faults(api.post(at, paid | {"amount": "0.00"})) == {"#/amount": "too_small"}


def test_a_top_up_ends_the_hold_that_waited_for_it(api: Api, shop: Shop, by: Any) -> None:
    from orders.services.products import Wanted, modify_products
    from stock.factories import SkuFactory

    order = OrderFactory.create(shop=shop)
    dearer = SkuFactory.create(price="209.00")
    line = order.lines.get()
    modify_products(order, [Wanted(line.pk, dearer, 1)], by=by, now=timezone.now())
    shown = api.get(f"{ORDERS}/{order.order_no}").json()
    assert [(hold["kind"], hold["amount"]) for hold in shown["holds"]] == [("top_up", "50.00")]
    paid = {"gateway": "alipay", "trade_no": "T50", "amount": "50.00"}
    shown = api.post(f"{ORDERS}/{order.order_no}/payments", paid).json()
    assert (shown["holds"], shown["paid"]) == ([], "209.00")


def test_a_note_stands_on_the_order(api: Api, shop: Shop) -> None:
    order = OrderFactory.create(shop=shop)
    body = {"text": "买家要礼盒\n不要发票", "for_shop": True}
    answer = api.post(f"{ORDERS}/{order.order_no}/notes", body)
    assert answer.status_code == 201
    note = order.notes.get()
    assert (note.text, note.for_shop, note.by_name) == (body["text"], True, "接口 商城")


# The list


def collect(api: Api, cursor: str = "", limit: int = 2) -> tuple[list[str], str]:
    found: list[str] = []
    more = True
    while more:
        page = api.get(f"{ORDERS}?cursor={cursor}&limit={limit}").json()
        found += [order["platform_no"] for order in page["orders"]]
        cursor, more = page["cursor"], page["more"]
    return found, cursor


def later(seconds: int = 61) -> Any:
    return time_machine.travel(timezone.now() + timedelta(seconds=seconds), tick=False)


def test_the_list_goes_on_where_it_was_and_misses_nothing(
    api: Api, shop: Shop, order: dict[str, Any]
) -> None:
    OrderFactory.create()  # another shop's
    numbers = [
        api.post(ORDERS, order | {"platform_no": f"W{n}"}).json()["order_no"] for n in range(5)
    ]
    with later():
        found, cursor = collect(api)
        assert found == ["W0", "W1", "W2", "W3", "W4"]
        assert collect(api, cursor) == ([], cursor)
        paid = {"gateway": "bank", "trade_no": "B1", "amount": "310.00"}
        api.post(f"{ORDERS}/{numbers[1]}/payments", paid)
        with later():
            again, _ = collect(api, cursor)
    assert again == ["W1"]


def test_a_page_looks_through_so_many_changes_and_says_that_there_are_more(
    api: Api, order: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "REACH", 3)
    for n in range(4):
        OrderFactory.create()
        api.post(ORDERS, order | {"platform_no": f"W{n}"})
    with later():
        assert collect(api)[0] == ["W0", "W1", "W2", "W3"]


@pytest.mark.postgres
def test_a_young_change_waits_so_that_one_which_commits_late_is_not_skipped(
    api: Api, order: dict[str, Any]
) -> None:
    with time_machine.travel(timezone.now() - timedelta(minutes=5), tick=False):
        api.post(ORDERS, order | {"platform_no": "old"})
    api.post(ORDERS, order | {"platform_no": "young"})
    found, cursor = collect(api)
    assert found == ["old"]
    with later():
        assert collect(api, cursor)[0] == ["young"]


def test_the_list_finds_one_by_the_other_sides_number(api: Api, order: dict[str, Any]) -> None:
    api.post(ORDERS, order)
    assert len(api.get(f"{ORDERS}?platform_no=WEB-1001").json()["orders"]) == 1


@pytest.mark.parametrize(
    ("query", "place"),
    [
        ("cursor=x", "#/cursor"),
        ("limit=0", "#/limit"),
        ("limit=201", "#/limit"),
        ("since=1", "#/since"),
        ("limit=1&limit=2", "#/limit"),
        ("platform_no=%00", "#/platform_no"),
    ],
)
def test_a_parameter_that_cannot_be_is_refused(api: Api, query: str, place: str) -> None:
    answer = api.get(f"{ORDERS}?{query}")
    assert (answer.status_code, list(faults(answer))) == (422, [place])


def test_the_words_of_the_api_are_those_of_the_house() -> None:
    from orders.api import schemas

    words = [
        (schemas.State, OrderState),
        (schemas.PayTerms, Terms),
        (schemas.HowSent, Delivery),
        (schemas.PaidBy, Gateway),
    ]
    for ours, house in words:
        assert set(ours.__args__) == {member.value for member in house}  # type: ignore[attr-defined]
