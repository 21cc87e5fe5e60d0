"""1688: one row for each product; below the first the order's columns are empty (SOP 5.a)."""

from __future__ import annotations

from decimal import Decimal

from tests.formats.conftest import One, Read
from tests.formats.files import ali1688

BELOW = {
    "订单号": "",
    "下单时间": "",
    "实付款": "",
    "买家": "",
    "收货地址": "",
    "订单状态": "",
    "货品标题": "保温杯盖",
    "数量": "1",
}


def test_an_ordinary_order(one: One) -> None:
    order = one(ali1688())
    assert (order.format, order.platform_no, order.state) == (
        "ali1688",
        "202609181234500001",
        "paid",
    )
    assert (order.total, order.paid, order.city) == (Decimal(360), Decimal(360), "杭州市")
    assert (order.lines[0].quantity, order.lines[0].price) == (3, Decimal("120.00"))


def test_a_row_without_a_number_belongs_to_the_order_above(read: Read) -> None:
    first, second = read(ali1688({}, BELOW, {}))
    assert [line.title for line in first.lines] == ["保温杯", "保温杯盖"]  # type: ignore[union-attr]
    assert len(second.lines) == 1  # type: ignore[union-attr]


def test_below_a_row_that_is_bad_nothing_joins_the_order_before_it(read: Read) -> None:
    good, bad, alone = read(ali1688({}, {"订单号": "3.51531E+16"}, BELOW))
    assert len(good.lines) == 1  # type: ignore[union-attr]
    assert "科学计数法" in bad.reason  # type: ignore[union-attr]
    assert alone.line == 4
