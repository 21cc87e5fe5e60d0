"""The platforms' words for an order's state and its after-sale (SOP 5.a)."""

from __future__ import annotations

import pytest

from orders.formats.states import WORDS, after_sale_open, read_word, refunded_whole
from tests.formats.conftest import One, Refused
from tests.formats.files import douyin, taobao


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("等待买家付款", "unpaid"),
        ("买家已付款，等待卖家发货", "paid"),
        ("卖家已发货，等待买家确认", "shipped"),
        ("交易成功", "completed"),
        ("交易关闭", "closed"),
    ],
)
def test_taobaos_five_words(one: One, word: str, state: str) -> None:
    order = one(taobao({"订单状态": word}))
    assert (order.state, order.state_known, order.status) == (state, True, word)


@pytest.mark.parametrize("word", sorted(WORDS))
def test_commas_of_either_width_and_blanks_do_not_matter(word: str) -> None:
    for written in (word, word.replace(",", "，"), f" {word} "):
        found = read_word(written)
        assert found is not None
        assert found.state == WORDS[word]


def test_a_word_that_nobody_knows_is_rejected(refused: Refused) -> None:
    row = refused(taobao({"订单状态": "飞走了"}, {}))
    assert (row.line, row.column) == (2, "订单状态")
    assert "不认识订单状态“飞走了”" in row.reason


@pytest.mark.parametrize(
    ("times", "state"),
    [
        ({}, "paid"),
        ({"确认收货时间": "2019-08-01 09:00:00"}, "received"),
        ({"物流单号": "75123456789"}, "shipped"),
        ({"订单付款时间": "", "买家实际支付金额": "0.00"}, "unpaid"),
        ({"买家实际支付金额": "0.00", "退款金额": "211.12"}, "closed"),
    ],
)
def test_without_a_word_the_times_tell(one: One, times: dict[str, str], state: str) -> None:
    order = one(taobao({"订单状态": ""} | times, columns=61))
    assert (order.state, order.state_known) == (state, False)


def test_without_a_word_and_a_time_nothing_tells(refused: Refused) -> None:
    bare = {"订单状态": "", "订单创建时间": "", "订单付款时间": ""}
    assert "没有填订单状态" in refused(taobao(bare)).reason


def test_open_means_no_reason_for_closing(one: One) -> None:
    assert one(taobao()).close_reason == ""
    closed = one(taobao({"订单状态": "交易关闭", "订单关闭原因": "买家不想要了"}))
    assert closed.close_reason == "买家不想要了"


@pytest.mark.parametrize(
    "word", ["退款中", "待商家处理", "买家申请退款，等待卖家同意", "平台介入", "没人见过的说法"]
)
def test_an_after_sale_that_goes_on_holds_the_order(word: str) -> None:
    assert after_sale_open(word)


@pytest.mark.parametrize("word", ["", "-", "无售后或售后取消", "退款成功", "退款关闭", "已撤销"])
def test_an_after_sale_that_is_over_does_not(word: str) -> None:
    assert not after_sale_open(word)


def test_refunded_whole() -> None:
    assert refunded_whole("退款成功")
    assert not refunded_whole("部分退款成功")


def test_a_closed_order_that_was_refunded_gave_everything_back(one: One) -> None:
    order = one(douyin({"订单状态": "已关闭", "售后状态": "退款成功"}))
    assert order.paid == order.refunded == order.due
