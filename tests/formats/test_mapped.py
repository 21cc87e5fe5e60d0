"""The generic format: columns of any table, mapped once by a user (SOP 5.a)."""

from __future__ import annotations

from decimal import Decimal

import pytest

from orders.formats import (
    Mapping,
    UnknownFormat,
    Unreadable,
    guess_mapping,
    guess_states,
    peek,
    validate_mapping,
    words,
)
from orders.formats.states import read_word
from tests.formats.conftest import One, Read, Refused, Save

HEADER = ["单号", "姓名", "手机号", "地址", "品名", "件数", "小计", "状态"]
ROW = ["A-1", "王小二", "13700000001", "浙江省 杭州市 西湖区 文三路", "茶", "2", "60", "新来的"]
TABLE = [HEADER, ROW]
MAPPING = Mapping(guess_mapping(HEADER).columns, {"新来的": "paid"})


def test_an_unknown_header_asks_for_a_mapping(read: Read) -> None:
    with pytest.raises(UnknownFormat, match="说明各列") as found:
        read(TABLE)
    assert found.value.header == HEADER
    assert found.value.sample == [ROW]


def test_names_that_shops_use_are_guessed() -> None:
    assert MAPPING.columns == {
        "number": "单号",
        "consignee": "姓名",
        "mobile": "手机号",
        "address": "地址",
        "title": "品名",
        "quantity": "件数",
        "amount": "小计",
        "status": "状态",
    }


def test_a_mapped_table_is_read(one: One) -> None:
    order = one(TABLE, mapping=MAPPING)
    assert (order.format, order.platform_no, order.state) == ("mapped", "A-1", "paid")
    assert (order.city, order.total, order.paid) == ("杭州市", Decimal(60), Decimal(60))
    assert (order.lines[0].title, order.lines[0].price) == ("茶", Decimal(30))


def test_rows_of_one_order_add_their_amounts(one: One) -> None:
    more = [*ROW[:4], "壶", "1", "40", "新来的"]
    order = one([HEADER, ROW, more], mapping=MAPPING)
    assert order.total == Decimal(100)
    assert [line.amount for line in order.lines] == [Decimal(60), Decimal(40)]


def test_a_state_that_is_not_mapped_is_rejected(refused: Refused) -> None:
    row = refused(TABLE, mapping=Mapping(MAPPING.columns))
    assert (row.column, row.value) == ("状态", "新来的")
    assert "“说明各列”里写明它是哪种状态" in row.reason
    assert "改成“等待付款”" in row.reason
    for word in ("等待付款", "已付款", "已发货", "交易成功", "交易关闭"):
        assert read_word(word) is not None, "what it advises is understood"


def test_states_of_the_platforms_are_guessed() -> None:
    assert guess_states(["待发货", "交易成功", "新来的"]) == {
        "待发货": "paid",
        "交易成功": "completed",
    }


@pytest.mark.parametrize(
    ("mapping", "problem"),
    [
        (Mapping({}), "请指定哪一列是订单号"),
        (Mapping({"number": "没有"}), "文件里没有“没有”这一列"),
        (Mapping({"number": "单号", "nothing": "姓名"}), "没有“nothing”这个字段"),
        (Mapping({"number": "单号", "mobile": "单号"}), "选了两次"),
        (Mapping({"number": "单号"}, {"新来的": "gone"}), "没有对应到系统里的状态"),
    ],
)
def test_what_is_wrong_with_a_mapping_is_said(read: Read, mapping: Mapping, problem: str) -> None:
    (said,) = validate_mapping(HEADER, mapping)
    assert problem in said
    with pytest.raises(Unreadable, match="列对应用不了"):
        read(TABLE, mapping=mapping)


def test_a_look_into_a_file_shows_header_and_rows(save: Save) -> None:
    path = save(TABLE)
    assert (peek(path).format, peek(path).header, peek(path).sample) == ("", HEADER, [ROW])
    assert words(path, "状态") == ["新来的"]
    assert words(path, "没有") == []
