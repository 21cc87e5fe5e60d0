"""JD: one row for each SKU, the order's amounts repeated on each (SOP 5.a)."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.formats.conftest import One, Read
from tests.formats.files import jd

A = {"订单号": "JD-1", "商品名称": "商品甲"}
B = {"订单号": "JD-1", "商品名称": "商品乙", "货号": "SKU-B"}


def test_repeated_amounts_are_not_added_up(one: One) -> None:
    order = one(jd(A, B))
    assert (order.total, order.freight, order.paid) == (
        Decimal("490.00"),
        Decimal("10.00"),
        Decimal("490.00"),
    )
    assert order.shop_discount == Decimal("20.00")
    assert [(line.title, line.amount) for line in order.lines] == [
        ("商品甲", Decimal("240.00")),
        ("商品乙", Decimal("240.00")),
    ]


def test_rows_of_one_order_come_together_wherever_they_stand(read: Read) -> None:
    first, second = read(jd(A, {"订单号": "JD-2"}, B))
    assert [len(order.lines) for order in (first, second)] == [2, 1]  # type: ignore[union-attr]
    assert [row.line for row in first.raw] == [2, 4]  # type: ignore[union-attr]


def test_rows_that_disagree_on_the_order_are_rejected_all(read: Read) -> None:
    first, second = read(jd(A, B | {"应付金额": "1.00"}))
    assert "不知道以哪行为准" in first.reason  # type: ignore[union-attr]
    assert "整张订单都没有导入" in second.reason  # type: ignore[union-attr]


def test_masked_telephone_is_kept_and_said(one: One) -> None:
    order = one(jd())
    assert (order.mobile, order.masked) == ("1******6198", True)


def test_address_without_separators_stays_whole(one: One) -> None:
    order = one(jd())
    assert (order.street, order.address_is_split) == ("广东深圳市福田区农园路66号", False)


def test_cash_on_delivery_is_paid_when_completed(one: One) -> None:
    cod = {"支付方式": "货到付款"}
    assert (one(jd(cod)).terms, one(jd(cod)).paid) == ("cod", Decimal(0))
    assert one(jd(cod | {"订单状态": "完成"})).paid == Decimal("490.00")


@pytest.mark.parametrize(
    ("word", "state", "after_sale"),
    [
        ("(删除)等待出库", "closed", ""),
        ("(锁定)等待出库", "paid", "锁定"),
        ("(暂停)等待出库", "paid", "暂停"),
    ],
)
def test_words_before_the_state(one: One, word: str, state: str, after_sale: str) -> None:
    order = one(jd({"订单状态": word}))
    assert (order.state, order.after_sale, order.after_sale_open) == (
        state,
        after_sale,
        bool(after_sale),
    )


def test_a_short_export_without_a_state_follows_the_times(one: One) -> None:
    header = "订单号,商品ID,商品名称,订购数量,下单时间,订单金额,客户姓名,客户地址,联系电话,京东价"
    row = "JD-9,SKU-A,商品甲,1,2026-01-15 10:00:00,500.00,冯颖,广东深圳市,1******6198,500.00"
    order = one([header.split(","), row.split(",")])
    assert (order.format, order.state, order.state_known) == ("jd", "unpaid", False)
    assert order.total == Decimal("500.00")
