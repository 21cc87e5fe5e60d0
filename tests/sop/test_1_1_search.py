"""An agent finds any order by any of its keys (SOP 1.1.b, 1.6.b)."""

from __future__ import annotations

import json
from datetime import timedelta
from functools import partial
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from core.keyset import Page, page
from core.sealed import seal
from orders.factories import BuyerFactory, OrderFactory
from orders.models import Note, OldWaybill, Order
from orders.reading import Kind, read
from orders.selectors import ways
from orders.selectors.filters import Filters
from orders.selectors.search import search
from tests.sop.searching import (
    NO,
    NOW,
    PLATFORM,
    ask,
    found,
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


# -- each key -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        NO,
        "g2611230001",
        " Ｇ２６１１２３０００１ ",
        PLATFORM,
        "3515 3131 4732 90001",
        f"订单号：{PLATFORM}",
        f"我的订单号是{PLATFORM}什么时候发货",
        f'="{PLATFORM}"',
        "351531314732",
        "清风明月",
        "旺旺：清风明月",
        "清风",
        "30998721",
        "QQ 30998721",
        "陈建生",
        "陈建",
        "陈",
        "陈*生",
        "收货人：陈建生",
        "13800138000",
        "138 0013 8000",
        "+86 138-0013-8000",
        "86-13800138000",
        "１３８００１３８０００",
        "138****8000",
        "8000",
        "手机尾号8000",
        "0755-83901234",
        "YT8962646785389",
        "yt8962646785389",
        "运单号：YT8962646785389",
        "YT89626",
    ],
)
def test_each_key_opens_the_order(client: Client, agent: Any, order: Order, text: str) -> None:
    page = ask(client, text)
    assert page.redirect_chain[-1][0] == f"/orders/{NO}"
    assert page.status_code == 200


@pytest.mark.parametrize(
    ("text", "said"),
    [(f"订单号：{PLATFORM}", "按平台单号打开的"), ("手机号：13800138000", "按手机号打开的")],
)
def test_how_it_was_read_is_said_where_one_hit_opens(
    client: Client, agent: Any, order: Order, text: str, said: str
) -> None:
    assert said in ask(client, text).content.decode()
    assert "打开的" not in ask(client, NO).content.decode()


def test_old_waybill_is_still_found(client: Client, agent: Any, order: Order) -> None:
    OldWaybill.objects.create(order=order, number="73610555582883", at=NOW)
    assert found(client, "73610555582883") == [NO]


def test_waybill_that_moved_shows_both_orders(client: Client, agent: Any, order: Order) -> None:
    OldWaybill.objects.create(order=others(1)[0], number=order.waybill, at=NOW)
    assert len(found(client, order.waybill)) == 2


def test_account_finds_all_orders_of_its_buyer(client: Client, agent: Any, order: Order) -> None:
    """The buyer also wrote from QQ, and ordered once by telephone without an account."""
    OrderFactory.create(order_no="G2611230002", buyer=order.buyer, buyer_account="")
    assert set(found(client, "清风明月")) == {NO, "G2611230002"}
    assert set(found(client, "30998721")) == {NO, "G2611230002"}


def test_split_platform_order_gives_all_parts(client: Client, agent: Any, order: Order) -> None:
    OrderFactory.create(order_no="G2611230002", platform_no=PLATFORM, part=1, state="unpaid")
    assert set(found(client, PLATFORM)) == {NO, "G2611230002"}


@pytest.mark.parametrize("masked", ["陈**", "陈*", "陈*生"])
def test_masked_name_by_its_visible_characters(client: Client, agent: Any, masked: str) -> None:
    others(2)
    OrderFactory.create(order_no=NO, consignee=masked, masked=True)
    assert found(client, masked) == [NO]
    assert found(client, "陈建生") == [NO]


@pytest.mark.parametrize("masked", ["138****8000", "1******8000"])
def test_masked_mobile_by_its_visible_digits(client: Client, agent: Any, masked: str) -> None:
    OrderFactory.create(order_no=NO, mobile=masked, masked=True)
    OrderFactory.create(mobile="139****8000", masked=True)
    assert found(client, "13800138000") == [NO]
    assert found(client, masked) == [NO]


def test_mobile_with_extension_is_found_without_it(client: Client, agent: Any) -> None:
    OrderFactory.create(order_no=NO, mobile="18412345678-1234")
    assert found(client, "18412345678") == [NO]
    assert found(client, "18412345678转1234") == [NO]


# -- how it was read ------------------------------------------------------------------------------


def test_page_says_how_it_read_the_input(client: Client, agent: Any) -> None:
    for _ in range(3):
        OrderFactory.create(mobile="13800138000")
    page = ask(client, "138 0013 8000")
    assert "按手机号查到 3 单" in page.content.decode()
    assert "138****8000" in page.content.decode()


def test_other_readings_are_links(client: Client, agent: Any, order: Order) -> None:
    """Eleven digits open by mobile; the QQ of another buyer is one click away."""
    buyer = BuyerFactory.create(wangwang="13800138000")
    OrderFactory.create(order_no="G2611230002", buyer=buyer)
    page = ask(client, "13800138000")
    assert page.redirect_chain[-1][0] == f"/orders/{NO}"
    listed = client.get(f"/orders?list=1&x={seal('13800138000')}")
    kinds = {reading.kind: href for reading, href in listed.context["others"]}
    other = client.get(f"/orders{kinds[Kind.QQ]}")
    assert other.headers["Location"] == "/orders/G2611230002"


def test_other_ways_of_a_name_are_links(client: Client, agent: Any, order: Order) -> None:
    OrderFactory.create(consignee="陈建生", order_no="G2611230002")
    OrderFactory.create(consignee="陈*生", order_no="G2611230003", masked=True)
    page = ask(client, "陈建生")
    ways = dict(page.context["ways"])
    masked = client.get(f"/orders{ways['被平台遮盖、看得见的字相同']}")
    assert masked.headers["Location"] == "/orders/G2611230003"


def test_empty_result_says_what_to_try(client: Client, agent: Any, order: Order) -> None:
    page = ask(client, "13900000000")
    assert page.status_code == 200
    assert "没有查到订单" in page.content.decode()
    assert "核对号码有没有少一位" in page.content.decode()


def test_several_numbers_give_all_and_say_what_is_missing(
    client: Client, agent: Any, order: Order
) -> None:
    more = others(2)
    OldWaybill.objects.create(order=more[0], number="73610555582883", at=NOW)
    text = f"{NO}\n{more[1].platform_no}\n73610555582883\nG2600000000"
    assert set(found(client, text)) == {NO, more[0].order_no, more[1].order_no}
    assert ask(client, text).context["found"].missing == ("G2600000000",)


def test_one_of_several_numbers_does_not_open_while_another_is_missing(
    client: Client, agent: Any, order: Order
) -> None:
    page = ask(client, f"{NO}\n{PLATFORM}9")
    assert page.status_code == 200
    assert f"没有查到：{PLATFORM}9" in page.content.decode()


@pytest.mark.parametrize(
    "typed", ["G26 1123 0001", "G2611-230001", "G 2611230001", "YT 8962 6467 85389"]
)
def test_blanks_and_dashes_inside_one_number(
    client: Client, agent: Any, order: Order, typed: str
) -> None:
    """SOP 1.6.b: as it stands on a slip, or as it is dictated."""
    assert found(client, typed) == [NO]


def test_a_number_of_ours_beside_another_number_stays_one_of_two(
    client: Client, agent: Any, order: Order
) -> None:
    reading = read(f"{NO} 12345678")[0]
    assert (reading.kind, reading.key) == (Kind.ORDER_NO, NO)


def test_what_was_not_looked_through_yet_is_not_said_to_be_nowhere(
    client: Client, agent: Any, order: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    others(3)
    whole = partial(page, reach=2)
    monkeypatch.setattr("orders.selectors.search.page", whole)
    monkeypatch.setattr("orders.selectors.ways._by_trigrams", ways._walk)
    html = ask(client, "含 麒麟阁").content.decode()
    assert ("查到 0 单" in html, "更早的还没有看" in html) == (True, True)
    assert "没有查到订单" not in html


def test_two_hundred_platform_numbers_fit_into_the_address(client: Client, agent: Any) -> None:
    numbers = [f"35153131{n * 7919 % 10**9:09d}" for n in range(200)]
    last = OrderFactory.create(platform_no=numbers[-1])
    sent = client.post("/orders", {"q": "\n".join(numbers)})
    assert len(sent.headers["Location"]) < 4000
    assert found(client, "\n".join(numbers)) == [last.order_no]


# -- contains -------------------------------------------------------------------------------------


@pytest.mark.parametrize("where", ["street", "buyer_message", "seller_memo", "note"])
def test_contains_looks_everywhere(client: Client, agent: Any, order: Order, where: str) -> None:
    if where == "note":
        Note.objects.create(order=order, text="买家要麒麟阁那一款", by_name="王芳", at=NOW)
    else:
        Order.objects.filter(pk=order.pk).update(**{where: "在麒麟阁三楼"})
    assert found(client, "含:麒麟阁") == [NO]
    assert found(client, "包含 麒麟阁三") == ([NO] if where != "note" else [])


@pytest.mark.parametrize(
    ("rare", "many"), [(100, 100), (5, 100), (5, 8)], ids=["rare", "some", "common"]
)
def test_contains_goes_from_the_newest_to_the_first_order_and_back(
    monkeypatch: pytest.MonkeyPatch, rare: int, many: int
) -> None:
    monkeypatch.setattr("orders.selectors.ways.PAGE", 3)
    monkeypatch.setattr("orders.selectors.ways.RARE", rare)
    monkeypatch.setattr("orders.selectors.ways.MANY", many)
    now = timezone.now()
    times = [now - timedelta(days=days) for days in (1, 2, 3, 4, 5, 6, 100, 101, 102, 103, 104)]
    every = [OrderFactory.create(street="麒麟阁三楼二单元", ordered_at=at).pk for at in times]
    Note.objects.create(order_id=every[0], text="麒麟阁，麒麟阁", by_name="王芳", at=NOW)

    def read_on(cursor: str = "", state: str = "") -> Page[Order]:
        filters = Filters(state=state)
        return search(None, read("含:麒麟阁"), filters, cursor=cursor, size=4).page

    pages = [read_on()]
    while pages[-1].older:
        pages.append(read_on(pages[-1].older))
    assert [row.pk for page in pages for row in page.rows] == every
    back = read_on(read_on(pages[-1].newer).newer)
    assert [row.pk for row in back.rows] == every[:4]
    Order.objects.filter(pk__in=every[3:8]).update(state="shipped")
    assert [row.pk for row in read_on(state="shipped").rows] == every[3:7]


def test_contains_is_a_link_on_every_result(client: Client, agent: Any, order: Order) -> None:
    page = ask(client, "农园路66")
    link = page.context["contains"]
    listed = client.get(f"/orders{link}")
    assert len(listed.context["found"].page.rows) == 4


def test_two_characters_mean_the_beginning(client: Client, agent: Any, order: Order) -> None:
    assert found(client, "含:陈建") == [NO]
    assert found(client, "含:清风") == [NO]


# -- the command ----------------------------------------------------------------------------------


def told(*args: str) -> dict[str, Any]:
    out = StringIO()
    call_command("search_orders", *args, stdout=out)
    answer: dict[str, Any] = json.loads(out.getvalue())
    return answer


def test_command_prints_the_same_as_json(order: Order) -> None:
    answer = told("138 0013 8000")
    assert (answer["read_as"], answer["said"]) == ("mobile", "按手机号")
    [row] = answer["orders"]
    assert row["order_no"] == NO
    assert row["platform_no"] == PLATFORM
    assert row["state"] == "shipped"
    assert row["consignee"] == "陈*生"
    assert row["waybill"] == "YT8962646785389"


def test_command_finds_nothing_without_an_error(order: Order) -> None:
    assert told("13900000000")["orders"] == []
    assert told("   ") == {**told("   "), "read_as": "", "orders": []}
