"""Pinduoduo: numbers padded with a tab, thousands commas, the platform's discounts (SOP 5.a)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from core.tables.cells import CHINA
from tests.formats.conftest import One
from tests.formats.files import pdd


def test_an_ordinary_order(one: One) -> None:
    order = one(pdd())
    assert (order.format, order.platform_no, order.state) == (
        "pdd",
        "260910-622101000000001",
        "paid",
    )
    (line,) = order.lines
    assert (line.item_id, line.sku_id) == ("6221010001", "99887766001")
    assert (line.code, line.colour, line.size) == ("HOT-1", "黑色", "L")


def test_amounts_with_thousands_commas(one: One) -> None:
    order = one(pdd())
    assert (order.total, order.due, order.paid) == (
        Decimal("1200.00"),
        Decimal("1180.00"),
        Decimal("1180.00"),
    )
    assert (order.shop_discount, order.platform_discount) == (Decimal("34.50"), Decimal("20.00"))
    assert order.lines[0].amount == Decimal("1200.00")


def test_without_a_time_of_the_deal_the_number_tells_the_day(one: One) -> None:
    assert one(pdd({"订单成交时间": ""})).ordered_at == datetime(2026, 9, 10, tzinfo=CHINA)


def test_an_amount_stands_there_before_it_is_paid(one: One) -> None:
    order = one(pdd({"订单状态": "待支付"}))
    assert (order.state, order.paid, order.due) == ("unpaid", Decimal(0), Decimal("1180.00"))


def test_refunded_before_shipping_is_closed_and_refunded_whole(one: One) -> None:
    order = one(pdd({"订单状态": "未发货，退款成功"}))
    assert (order.state, order.after_sale_open) == ("closed", False)
    assert order.refunded == order.paid == Decimal("1180.00")


def test_refund_asked_for_after_shipping_holds_a_shipped_order(one: One) -> None:
    order = one(pdd({"订单状态": "已发货，退款中", "快递单号": "75123456789\t"}))
    assert (order.state, order.after_sale_open) == ("shipped", True)
    assert order.waybill == "75123456789"


def test_no_after_sale_in_the_platforms_words(one: One) -> None:
    assert not one(pdd()).after_sale_open
