"""Youzan: titles in one cell, quantities in a file of their own (SOP 5.a)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from core.tables.cells import CHINA
from tests.formats.conftest import One
from tests.formats.files import youzan

ITEMS_HEADER = ["订单号", "订单商品状态", "商品名称", "规格编码", "商品单价", "商品数量"]
NUMBER = "E20260922123456000000001"


def test_an_ordinary_order(one: One) -> None:
    order = one(youzan())
    assert (order.format, order.platform_no, order.state) == ("youzan", NUMBER, "paid")
    assert (order.total, order.paid, order.mobile) == (
        Decimal("128.00"),
        Decimal("128.00"),
        "13900000165",
    )
    assert order.ordered_at == datetime(2026, 9, 22, 12, 35, 10, tzinfo=CHINA)


def test_an_unpaid_orders_number_tells_when_it_was_ordered(one: One) -> None:
    order = one(youzan({"买家付款时间": "", "订单状态": "待付款"}))
    assert order.ordered_at == datetime(2026, 9, 22, 12, 34, 56, tzinfo=CHINA)


def test_without_quantities_a_person_decides(one: One) -> None:
    assert "请上传有赞的商品明细" in one(youzan()).lines_unclear


def test_products_come_from_their_own_file(one: One) -> None:
    items = [
        ITEMS_HEADER,
        [NUMBER, "待发货", "手冲咖啡壶", "POT-1", "100.00", "1"],
        [NUMBER, "待发货", "滤纸", "PAPER", "14.00", "2"],
    ]
    order = one(youzan(), items=items)
    assert [(line.code, line.quantity, line.amount) for line in order.lines] == [
        ("POT-1", 1, Decimal("100.00")),
        ("PAPER", 2, Decimal("28.00")),
    ]
