"""A trade of the open platform becomes the record that an import makes."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from core.tables.errors import Bad
from orders.formats.top import STATUS, read_trade
from tests.connectors.trades import NUMBER, line, trade, unpaid


def read(**values: Any) -> Any:
    return read_trade(trade(**values))


def test_a_paid_trade_is_read_whole() -> None:
    order = read()
    assert (order.platform_no, order.state) == (str(NUMBER), "paid")
    assert (order.total, order.freight, order.goods_amount) == (
        Decimal("172.00"),
        Decimal("6.00"),
        Decimal("166.00"),
    )
    assert (order.paid, order.refunded) == (Decimal("172.00"), Decimal("0.00"))
    assert (order.province, order.city, order.district) == ("广东省", "深圳市", "福田区")
    assert (order.address_is_split, order.masked) == (True, True)
    assert order.ordered_at < order.paid_at
    [goods] = order.lines
    assert (goods.code, goods.colour, goods.size, goods.quantity) == ("YM01-L", "藏青", "L", 2)
    assert (goods.price, goods.amount) == (Decimal("88.00"), Decimal("166.00"))


def test_an_unpaid_one_has_paid_nothing() -> None:
    order = read_trade(unpaid())
    assert (order.state, order.paid, order.due) == ("unpaid", Decimal("0"), Decimal("172.00"))


@pytest.mark.parametrize("status", STATUS)
def test_every_documented_state_is_known(status: str) -> None:
    assert read(status=status).state in {
        "unpaid",
        "paid",
        "shipped",
        "received",
        "completed",
        "closed",
    }


def test_a_state_that_nobody_knows_is_not_guessed() -> None:
    with pytest.raises(Bad, match="不认识订单状态“SOMETHING_NEW”"):
        read(status="SOMETHING_NEW")


def test_one_product_alone_may_come_without_its_list() -> None:
    assert len(read(orders={"order": line()}).lines) == 1


def test_what_several_products_cost_adds_up_to_the_goods() -> None:
    two = [line(divide_order_fee="100.00"), line(NUMBER + 1, divide_order_fee="66.00")]
    assert [g.amount for g in read(orders={"order": two}).lines] == [Decimal("100"), Decimal("66")]
    other = [line(divide_order_fee="100.00"), line(NUMBER + 1)]
    assert sum(g.amount for g in read(orders={"order": other}).lines) == Decimal("166.00")


def test_no_products_at_all_are_asked_about() -> None:
    assert "没有给出商品明细" in read(orders={}).lines_unclear


def test_a_product_that_was_closed_must_not_be_sent() -> None:
    two = [line(), line(NUMBER + 1, title="帆布袋", status="TRADE_CLOSED", refund_status="SUCCESS")]
    assert "“帆布袋”在平台上已经关闭" in read(orders={"order": two}).lines_unclear


@pytest.mark.parametrize(
    ("code", "open_"),
    [("NO_REFUND", False), ("WAIT_SELLER_AGREE", True), ("SUCCESS", False), ("CLOSED", False)],
)
def test_a_refund_that_is_under_way_is_seen(code: str, open_: bool) -> None:
    assert read(orders={"order": [line(refund_status=code)]}).after_sale_open is open_


def test_what_must_not_be_sent_yet_is_held() -> None:
    order = read(status="PAID_FORBID_CONSIGN")
    assert (order.state, order.after_sale_open) == ("paid", True)


def test_what_went_back_is_seen_when_the_trade_has_ended() -> None:
    part = read(status="TRADE_FINISHED", received_payment="100.00")
    assert part.refunded == Decimal("72.00")
    whole = read(status="TRADE_CLOSED")
    assert (whole.paid, whole.refunded) == (Decimal("172.00"), Decimal("172.00"))


def test_cash_on_delivery_is_paid_when_it_is_completed() -> None:
    assert (read(type="cod").terms, read(type="cod").paid) == ("cod", Decimal("0"))
    assert read(type="cod", status="TRADE_FINISHED").paid == Decimal("172.00")


def test_a_masked_nickname_gives_way_to_the_number_that_is_the_buyers_own() -> None:
    assert read(buyer_open_uid="AAHk5d-EAAe").buyer_account == "AAHk5d-EAAe"
    assert read(buyer_nick="tb_chen88", buyer_open_uid="AAHk").buyer_account == "tb_chen88"


def test_the_digest_sees_every_change_but_that_of_the_time() -> None:
    one = trade()
    assert read_trade(one).digest == read_trade(one | {"modified": "2026-01-01 00:00:00"}).digest
    assert read_trade(one).digest != read_trade(one | {"buyer_message": "改发圆通"}).digest


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("payment", "一百", "金额认不出"),
        ("created", "yesterday", "时间认不出"),
        ("tid", "", "没有订单号"),
        ("buyer_nick", "长" * 65, "内容太长"),
    ],
)
def test_what_cannot_be_read_says_where_and_why(name: str, value: str, reason: str) -> None:
    with pytest.raises(Bad, match=reason):
        read(**{name: value})
