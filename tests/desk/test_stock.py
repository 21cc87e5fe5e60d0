"""Stock on a screen: levels, one SKU's movements, receipts by scanner, corrections (SOP 5.b)."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.models import Act
from staff.factories import UserFactory
from staff.models import User
from stock.factories import SkuFactory
from stock.models import Movement, Sku
from tests.acts.pages import fields
from tests.stock.orders import kept, level, paid, short

pytestmark = pytest.mark.django_db


@pytest.fixture
def sku(db: None) -> Sku:
    return SkuFactory.create(style_no="A1023", barcode="6900000000017", on_hand=2)


@pytest.fixture
def keeper(client: Client) -> Client:
    client.force_login(UserFactory.create(role="warehouse"))
    return client


@pytest.fixture
def lead(client: Client) -> User:
    user = UserFactory.create(role="supervisor")
    client.force_login(user)
    return user


def read(client: Client, name: str, *args: Any, **asked: str) -> str:
    return client.get(reverse(name, args=args), asked).content.decode()


def form(client: Client, name: str, *args: Any) -> dict[str, Any]:
    html = read(client, name, *args).replace('method="post"', 'method="post" id="act-form"')
    main = html[html.index("<main") :]
    return fields(main)


def scan(client: Client, code: str, pieces: int = 1, **sent: Any) -> Any:
    values = form(client, "receive-goods") | {"code": code, "pieces": pieces} | sent
    return client.post(reverse("receive-goods"), values)


@pytest.mark.parametrize("text", ["A1023-藏青-L", "6900000000017", "a1023", "亚麻"])
def test_a_sku_is_found_by_code_barcode_style_and_name(keeper: Client, sku: Sku, text: str) -> None:
    SkuFactory.create(style_no="B2051", name="卫衣")
    page = read(keeper, "goods", q=text)
    assert sku.code in page
    assert "B2051" not in page


def test_the_list_narrows_to_what_is_short_or_there(keeper: Client, sku: Sku) -> None:
    SkuFactory.create(style_no="B2051", on_hand=9)
    paid((sku, 3))
    assert "缺 1" in read(keeper, "goods", which="short")
    assert "B2051" not in read(keeper, "goods", which="short")
    assert "A1023" not in read(keeper, "goods", which="available")
    assert "没有这样的商品" in read(keeper, "goods", q="nothing")


def test_the_list_asks_as_often_for_one_sku_as_for_twenty(keeper: Client, sku: Sku) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            read(keeper, "goods")
        return len(queries)

    read(keeper, "goods")
    one = asked()
    for _ in range(19):
        SkuFactory.create()
    assert asked() == one


def test_the_ledger_shows_before_and_after_who_why_and_the_order(keeper: Client, sku: Sku) -> None:
    order = paid((sku, 1))
    page = read(keeper, "sku", sku.pk)
    assert "0 → <b>1</b>" in page
    assert f'href="/orders/{order.order_no}"' in page
    assert "期初" in page
    assert "没有订单在等它" in page


def test_the_ledger_shows_who_waits(keeper: Client, sku: Sku) -> None:
    order = paid((sku, 3))
    page = read(keeper, "sku", sku.pk)
    assert page.index("在等它的订单") < page.index(order.order_no)


def test_a_scan_puts_goods_on_the_shelf_and_serves_who_waits(keeper: Client, sku: Sku) -> None:
    order = paid((sku, 3))
    answer = scan(keeper, "6900000000017", 4)
    assert answer.status_code == 302
    assert (level(sku), kept(order), short(order)) == ((6, 3), [3], [])
    page = read(keeper, "receive-goods")
    assert "+4" in page
    assert order.order_no in page


def test_the_same_scan_sent_twice_counts_once(keeper: Client, sku: Sku) -> None:
    values = form(keeper, "receive-goods") | {"code": sku.code, "pieces": 2}
    for _ in range(2):
        assert keeper.post(reverse("receive-goods"), values).status_code == 302
    assert level(sku) == (4, 0)
    assert "已经记过了" in read(keeper, "receive-goods")
    assert Movement.objects.filter(sku=sku, why="received").count() == 1


@pytest.mark.parametrize(
    ("code", "pieces", "said"),
    [
        ("9999", 1, "没有这个条码或编码"),
        ("", 1, "扫一下商品的条码"),
        ("A1023", 0, "至少 1 件"),
        ("6900000000017", "一", "件数要填整数"),
        ("A1\x00", 1, ""),
    ],
)
def test_a_wrong_scan_says_what_to_do(
    keeper: Client, sku: Sku, code: str, pieces: Any, said: str
) -> None:
    answer = scan(keeper, code, pieces)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert level(sku) == (2, 0)


def test_a_style_of_several_is_asked_for_one(keeper: Client, sku: Sku) -> None:
    SkuFactory.create(style_no="A1023", size="M")
    assert "好几个颜色尺码" in scan(keeper, "A1023").content.decode()


def test_a_correction_has_a_reason_and_stands_in_the_ledger(
    client: Client, lead: User, sku: Sku
) -> None:
    values = form(client, "adjust-stock", sku.pk)
    typed = {"how": "defect", "pieces": 1, "why": "袖口脱线"}
    address = reverse("adjust-stock", args=[sku.pk])
    for _ in range(2):  # a double click
        assert client.post(address, values | typed).status_code == 302
    told = Movement.objects.filter(sku=sku).latest("id")
    assert (told.on_hand, told.defect, told.note, told.by_name) == (
        1,
        1,
        "袖口脱线",
        lead.display_name,
    )
    act = Act.objects.get(verb="adjust_stock")
    assert (act.subject_kind, act.subject_id, act.reason) == ("sku", sku.pk, "袖口脱线")
    assert "原因" in client.post(address, values | typed | {"why": ""}).content.decode()


def test_what_is_promised_cannot_be_taken_away(client: Client, lead: User, sku: Sku) -> None:
    paid((sku, 1))
    values = form(client, "adjust-stock", sku.pk) | {"how": "less", "pieces": 2, "why": "数错"}
    answer = client.post(reverse("adjust-stock", args=[sku.pk]), values)
    assert answer.status_code == 409
    assert "只有 1 件没有被订单占用" in answer.content.decode()
    assert level(sku) == (2, 1)


def test_the_order_page_says_what_is_kept(client: Client, lead: User, sku: Sku) -> None:
    order = paid((sku, 1))
    assert "已预占 1" in read(client, "order", order.order_no)
