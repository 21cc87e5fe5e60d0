"""An agent finds any order by any of its keys (SOP 1.1.b, 1.6.b)."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from io import StringIO
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.acts import TIMER, act_on
from core.sealed import seal
from orders.factories import BuyerFactory, OrderFactory, ShopFactory
from orders.models import BuyerAccount, Hold, Note, OldWaybill, Order
from orders.reading import Kind, read
from orders.selectors.filters import MONEY, OTHER, Filters, led, narrowing
from orders.selectors.search import search
from orders.words import AccountKind, Channel, HoldKind, OrderState, Terms
from staff.factories import UserFactory

pytestmark = pytest.mark.django_db

NO = "G2611230001"
PLATFORM = "35153131473290001"
NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


@pytest.fixture
def agent(client: Client) -> Any:
    user = UserFactory.create()
    client.force_login(user)
    return user


@pytest.fixture
def order(db: None) -> Order:
    """One order with every key, among others that have none of them."""
    others(3)
    buyer = BuyerFactory.create(wangwang="清风明月")
    BuyerAccount.objects.create(buyer=buyer, kind=AccountKind.QQ.value, account="30998721")
    return OrderFactory.create(
        order_no=NO,
        platform_no=PLATFORM,
        buyer=buyer,
        consignee="陈建生",
        mobile="13800138000",
        telephone="0755-83901234",
        carrier="YTO",
        waybill="YT8962646785389",
        state="shipped",
    )


def others(count: int, **values: Any) -> list[Order]:
    return [
        OrderFactory.create(consignee="王小明", mobile="15912345678", **values)
        for _ in range(count)
    ]


def hold(order: Order, kind: str) -> Hold:
    with act_on("seed", [], by=TIMER):
        return Hold.objects.create(
            order=order, kind=kind, reason="等", by_name="系统", opened_at=timezone.now()
        )


def ask(client: Client, text: str) -> Any:
    """Type into the box and send it, as the browser does."""
    return client.post("/orders", {"q": text}, follow=True)


def found(client: Client, text: str, **filters: str) -> list[str]:
    """The numbers on the page, or the order that opened at once."""
    sent = client.post("/orders", {"q": text})
    page = client.get(sent.headers["Location"], {**address(sent), **filters})
    if page.status_code == 302:
        return [page.headers["Location"].rsplit("/", 1)[-1]]
    return [row.order_no for row in page.context["found"].page.rows]


def address(sent: Any) -> dict[str, str]:
    return {k: v[0] for k, v in parse_qs(urlsplit(sent.headers["Location"]).query).items()}


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


def test_two_hundred_platform_numbers_fit_into_the_address(client: Client, agent: Any) -> None:
    numbers = [f"35153131{n * 7919 % 10**9:09d}" for n in range(200)]
    last = OrderFactory.create(platform_no=numbers[-1])
    sent = client.post("/orders", {"q": "\n".join(numbers)})
    assert len(sent.headers["Location"]) < 4000
    assert found(client, "\n".join(numbers)) == [last.order_no]


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
        "退款未完 1.00",
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


# -- contains -------------------------------------------------------------------------------------


@pytest.mark.parametrize("where", ["street", "buyer_message", "seller_memo", "note"])
def test_contains_looks_everywhere(client: Client, agent: Any, order: Order, where: str) -> None:
    if where == "note":
        Note.objects.create(order=order, text="买家要麒麟阁那一款", by_name="王芳", at=NOW)
    else:
        Order.objects.filter(pk=order.pk).update(**{where: "在麒麟阁三楼"})
    assert found(client, "含:麒麟阁") == [NO]
    assert found(client, "包含 麒麟阁三") == ([NO] if where != "note" else [])


def test_contains_is_a_link_on_every_result(client: Client, agent: Any, order: Order) -> None:
    page = ask(client, "农园路66")
    link = page.context["contains"]
    listed = client.get(f"/orders{link}")
    assert len(listed.context["found"].page.rows) == 4


def test_two_characters_mean_the_beginning(client: Client, agent: Any, order: Order) -> None:
    assert found(client, "含:陈建") == [NO]
    assert found(client, "含:清风") == [NO]


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


def test_agent_may_not_share_a_view(client: Client, agent: Any) -> None:
    page = client.post(
        "/views", {"name": "我的", "query": "state=paid", "shared": "on"}, follow=True
    )
    assert "您的角色不能共享视图" in page.content.decode()
    assert page.context["filters"]["state"] == "paid"
