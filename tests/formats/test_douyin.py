"""Douyin: encrypted persons, `-` for empty, sub-orders joined in one cell (SOP 5.a)."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.formats.conftest import One
from tests.formats.files import as_csv, douyin

SECOND = {"主订单编号": "\t6917926768823000001", "子订单编号": "\t6917926768823000009"}


def test_an_ordinary_order_in_utf8_with_bom(one: One) -> None:
    order = one(as_csv(douyin(), "utf-8", b"\xef\xbb\xbf"))
    assert (order.format, order.platform_no) == ("douyin", "6917926768823000001")
    assert (order.total, order.platform_discount, order.due) == (
        Decimal("49.90"),
        Decimal("21.00"),
        Decimal("28.90"),
    )
    assert order.lines[0].code == "300400008"


def test_encrypted_persons_are_kept_and_said(one: One) -> None:
    order = one(douyin())
    assert (order.consignee, order.mobile, order.street) == ("##密文", "$$密文", "##密文")
    assert order.masked


def test_a_dash_is_empty(one: One) -> None:
    order = one(douyin())
    assert (order.seller_memo, order.after_sale, order.shipped_at) == ("", "", None)


@pytest.mark.parametrize("joined", ["1;2", "1；2"])
def test_joined_sub_orders_are_left_to_a_person(one: One, joined: str) -> None:
    order = one(douyin({"子订单编号": joined, "选购商品": "辣丝丝;酱油", "商品数量": "3"}))
    assert order.lines == ()
    assert "请人工核对每样几件" in order.lines_unclear
    assert "辣丝丝;酱油" in order.lines_unclear
    assert "3" in order.lines_unclear


def test_an_amount_that_is_repeated_is_the_orders(one: One) -> None:
    order = one(douyin({}, SECOND))
    assert order.due == Decimal("28.90")
    assert sum(line.amount for line in order.lines) == order.goods_amount


def test_amounts_that_differ_are_the_rows_own(one: One) -> None:
    order = one(douyin({}, SECOND | {"订单应付金额": "10.00", "平台实际承担优惠金额": "0.00"}))
    assert order.due == Decimal("38.90")
    assert [line.amount for line in order.lines] == [Decimal("49.90"), Decimal("10.00")]


def test_a_product_that_was_closed_must_not_be_sent(one: One) -> None:
    order = one(douyin({}, SECOND | {"订单状态": "已关闭"}))
    assert order.state == "paid"
    assert "几件商品的状态不一样" in order.lines_unclear
