"""What a search must not do: tell, fail, or cost more in more orders (SOP 1.6.b)."""

from __future__ import annotations

import logging
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core.sealed import seal
from orders.factories import OrderFactory, ShopFactory
from orders.models import Order
from orders.reading import read
from orders.selectors.filters import MONEY, OTHER, Filters, led, narrowing
from orders.selectors.search import search
from orders.words import Channel, HoldKind, OrderState, Terms
from staff.factories import UserFactory
from tests.sop.searching import (
    NO,
    NOW,
    PLATFORM,
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


# -- people and privacy ---------------------------------------------------------------------------


def test_order_of_another_shop_is_not_found(client: Client, order: Order) -> None:
    ShopFactory.create(code="jd1", name="京东店", channel=Channel.JD.value)
    limited = UserFactory.create(shop_codes=["jd1"])
    client.force_login(limited)
    mine = OrderFactory.create(shop=ShopFactory.create(code="jd1"), consignee="陈建生")
    for text in (NO, PLATFORM, "清风明月", "13800138000", "8000", "YT8962646785389", f"{NO} G1"):
        assert NO not in found(client, text)
    assert found(client, "陈建生") == [mine.order_no]
    page = client.get("/orders")
    assert [row.order_no for row in page.context["found"].page.rows] == [mine.order_no]
    assert list(page.context["shops"]) == ["jd1"]
    assert client.get(f"/orders?shop={order.shop.code}").context["found"].page.rows == []


@pytest.mark.parametrize(
    "text",
    [
        "陈建生",
        "13800138000",
        "138****8000",
        "8000",
        "30998721",
        "清风明月",
        "含:农园路",
        f"张三 订单号：{PLATFORM}",
        f"查一下{PLATFORM}，收货人李四",
        "13800138000 13900139000",
    ],
)
def test_personal_text_never_stands_in_an_address_or_a_log(
    client: Client, agent: Any, order: Order, text: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    sent = client.post("/orders", {"q": text})
    assert set(address(sent)) == {"x"}
    page = client.get(sent.headers["Location"] + "&list=1")
    personal = ("陈建生", "张三", "李四", "13800138000", "30998721", "清风明月", "农园路", "=8000")
    links = [href for _, href in (*page.context["others"], *page.context["ways"])]
    for secret in personal:
        assert all(secret not in link for link in (*links, page.context["here"]))
        assert secret not in caplog.text


def test_bare_numbers_of_orders_and_parcels_may_stand_in_the_address(
    client: Client, agent: Any
) -> None:
    for number in (NO, PLATFORM, "YT8962646785389"):
        assert address(client.post("/orders", {"q": number})).get("q", number) == number


def test_consignee_is_masked_in_the_list(client: Client, agent: Any, order: Order) -> None:
    text = client.get("/orders").content.decode()
    assert "陈*生" in text
    assert "陈建生" not in text
    assert "13800138000" not in text


# -- odd and slow input (failure mode 32) ---------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "\0",
        "陈\0建生",
        "ＡＢ\0店铺",
        "\ud800",
        "a\udfffb",
        "👩‍👩‍👧‍👦",
        "𠮷野家",
        "' OR 1=1 --",
        "%",
        "_%_%_%",
        "含:%%%",
        "含:\\\\\\",
        "(a+)+$",
        "a" * 19_000 + "!",
        "1" * 19_000,
        "张三 " * 5_000,
        "手机：" * 5_000,
        "*" * 15_000,
        "-" * 15_000,
        "含:" + "中" * 10_000,
        "\U0010ffff",
        "ﷺ" * 1_000,
        "NaN",
        "null",
        "../../etc/passwd",
        "<script>alert(1)</script>",
    ],
)
def test_odd_text_is_answered(client: Client, agent: Any, order: Order, text: str) -> None:
    typed = text.encode("utf-8", "surrogatepass")
    with CaptureQueriesContext(connection) as asked:
        page = client.post(
            "/orders",
            b"q=" + b"".join(b"%%%02X" % byte for byte in typed),
            content_type="application/x-www-form-urlencoded",
            follow=True,
        )
    assert page.status_code == 200
    assert len(asked) < 60
    assert "<script>alert" not in page.content.decode()
    assert isinstance(search(None, read(text)).page.rows, list)


# -- the cost -------------------------------------------------------------------------------------


def queries_of(client: Client, address: str) -> list[str]:
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    return [query["sql"] for query in asked]


@pytest.mark.parametrize(
    "query", ["", "state=paid", "hold=stock_out", "money=over&state=paid", "x="]
)
def test_queries_of_a_page_do_not_grow_with_its_rows(
    client: Client, agent: Any, query: str
) -> None:
    query += seal("王小明") if query == "x=" else ""
    for made in others(2, due=Decimal(1)):
        hold(made, "stock_out")
    few = queries_of(client, f"/orders?{query}")
    for made in others(25, due=Decimal(1)):
        hold(made, "stock_out")
        hold(made, "goods")
    many = queries_of(client, f"/orders?{query}")
    assert len(many) == len(few)
    assert not [sql for sql in many if "COUNT(" in sql]


@pytest.mark.parametrize("kind", HoldKind)
def test_work_list_without_a_row_is_not_looked_for_in_all_orders(kind: HoldKind) -> None:
    """The list is chosen by the filter alone, whether it holds something or not."""
    filters = Filters(hold=kind.value)
    with CaptureQueriesContext(connection) as asked:
        [ranges], where = led(narrowing(filters, None, []), filters)
    assert not asked.captured_queries
    assert where is None
    assert "LIMIT 5000" in str(ranges.query)


PLACES = [
    *(Filters(state=state.value) for state in OrderState),
    *(Filters(hold=kind.value) for kind in HoldKind),
    *(Filters(money=name) for name in MONEY),
    *(Filters(other=name) for name in OTHER),
    *(Filters(terms=terms.value) for terms in Terms),
    Filters(channel="taobao"),
    Filters(shop="tb1"),
    Filters(shop="tb1", state="paid", money="over"),
    Filters(since=NOW.date(), until=NOW.date()),
]
TEXTS = [NO, "G2611", PLATFORM, "351531", "清风明月", "清风", "30998721", "陈建生", "陈", "陈*生"]
TEXTS += [
    "13800138000",
    "13900000000",
    "138****8000",
    "8000",
    "YT8962646785389",
    "YT8962",
    "含:麒麟阁",
]


@pytest.mark.postgres
@pytest.mark.parametrize("filters", [Filters(), Filters(state="paid"), Filters(hold="goods")])
@pytest.mark.parametrize("text", TEXTS)
def test_no_key_reads_the_whole_table(order: Order, text: str, filters: Filters) -> None:
    assert_indexed(lambda: search(None, read(text), filters))


@pytest.mark.postgres
@pytest.mark.parametrize("filters", PLACES, ids=str)
def test_no_filter_reads_the_whole_table(order: Order, filters: Filters) -> None:
    agent = UserFactory.create()
    assert_indexed(lambda: search(agent, (), filters))


def assert_indexed(asking: Any) -> None:
    """With sequential scans made dear, what still scans has no index that serves it."""
    with CaptureQueriesContext(connection) as asked:
        asking()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        for query in asked.captured_queries:
            assert " OFFSET 0" not in query["sql"]
            if not query["sql"].startswith("SELECT"):
                continue
            cursor.execute(f"EXPLAIN {query['sql']}")
            plan = "\n".join(line for (line,) in cursor.fetchall())
            assert "Seq Scan on orders_" not in plan.replace("Seq Scan on orders_shop", ""), plan
