"""What was typed into the search box, and how it is read (SOP 1.1.b, 1.6.b).

The agent pastes whatever the customer sent; the best reading is asked first, the page offers the
others.
"""

from __future__ import annotations

from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orders.reading import (
    CUT,
    MAX_PIECES,
    ONE_SIGN,
    RUINED,
    TOO_MANY,
    Kind,
    Reading,
    choose,
    clean,
    read,
)


def best(text: str) -> tuple[Kind, str]:
    reading = read(text)[0]
    return reading.kind, reading.key


def kinds(text: str) -> list[Kind]:
    return [reading.kind for reading in read(text)]


@pytest.mark.parametrize("text", ["G2611230001", "g2611230001", " Ｇ2611230001 ", "G2611230001-R1"])
def test_our_order_number_is_nothing_else(text: str) -> None:
    assert read(text) == (Reading(Kind.ORDER_NO, "G2611230001"),)


def test_the_beginning_of_our_order_number() -> None:
    assert best("g261123") == (Kind.ORDER_NO, "G261123")


@pytest.mark.parametrize(
    "number",
    [
        "3515313147329000",
        "35153131473290001",
        "6917926768823643751",
        "161123-123456789012345",
        "JD-MULTI-1",
        "E20170708235959012345678",
        "123456789012",
    ],
)
def test_platform_number(number: str) -> None:
    assert best(number) == (Kind.PLATFORM_NO, number)


@pytest.mark.parametrize(
    "text",
    ['="35153131473290001"', "'35153131473290001", "35153131473290001\t", "“35153131473290001”"],
)
def test_what_a_spreadsheet_puts_around_a_number_goes(text: str) -> None:
    assert best(text) == (Kind.PLATFORM_NO, "35153131473290001")


def test_number_ruined_by_a_spreadsheet_is_told() -> None:
    [reading] = read("3.51531E+16")
    assert (reading.kind, reading.note) == (Kind.PLATFORM_NO, RUINED)


@pytest.mark.parametrize(
    "text",
    [
        "13800138000",
        "138 0013 8000",
        "138-0013-8000",
        "+86 13800138000",
        "86-13800138000",
        "0086 138 0013 8000",
        "１３８００１３８０００",
        "手机 13800138000",
        "手机号：138 0013 8000",
        "电话是13800138000",
    ],
)
def test_mobile(text: str) -> None:
    assert best(text) == (Kind.MOBILE, "13800138000")
    assert (read(text)[0].said, read(text)[0].shown) == ("按手机号", "138****8000")


def test_eleven_digits_may_also_be_qq_or_a_number() -> None:
    assert kinds("13800138000") == [Kind.MOBILE, Kind.QQ, Kind.PLATFORM_NO, Kind.WAYBILL]


def test_privacy_number_keeps_its_extension() -> None:
    assert best("18412345678转1234") == (Kind.MOBILE, "18412345678-1234")


def test_landline_is_said_as_such() -> None:
    reading = read("0755-83901234")[0]
    assert (reading.key, reading.said) == ("0755-83901234", "按电话")


@pytest.mark.parametrize("text", ["138****3800", "1******6198", "１３８＊＊＊＊３８００"])
def test_masked_mobile(text: str) -> None:
    assert kinds(text) == [Kind.MOBILE_MASKED]
    assert read(text)[0].shown == clean(text)


@pytest.mark.parametrize("text", ["3800", "尾号3800", "手机后四位 3800", "３８００"])
def test_last_four_digits(text: str) -> None:
    assert best(text) == (Kind.LAST4, "3800")


@pytest.mark.parametrize(
    ("text", "waybill"),
    [
        ("YT8962646785389", "YT8962646785389"),
        ("sf1385628716739", "SF1385628716739"),
        ("JDVA11408814483-1-1-", "JDVA11408814483"),
        ("EA123456789CN", "EA123456789CN"),
        ("73610555582883", "73610555582883"),
        ("1207119765021", "1207119765021"),
        ("快递单号: 35153131473290001", "35153131473290001"),
        ("运单号yt8962646785389", "YT8962646785389"),
    ],
)
def test_waybill(text: str, waybill: str) -> None:
    assert best(text) == (Kind.WAYBILL, waybill)


@pytest.mark.parametrize("text", ["73610555582883", "123456789012", "805283162742333582"])
def test_digits_that_can_be_waybill_or_platform_number_are_read_as_both(text: str) -> None:
    assert set(kinds(text)) == {Kind.WAYBILL, Kind.PLATFORM_NO}


@pytest.mark.parametrize("text", ["30998721", "QQ：30998721", "qq 30998721", "30998721@qq.com"])
def test_qq(text: str) -> None:
    assert best(text) == (Kind.QQ, "30998721")
    assert read(text)[0].shown == "30***21"


@pytest.mark.parametrize(
    "account", ["tb6120001", "tb_61", "清风明月的小店", "小明12345678", "shop.cn@163.com"]
)
def test_wangwang_is_anything_else(account: str) -> None:
    assert best(account) == (Kind.WANGWANG, account)


def test_account_is_also_asked_as_it_was_typed() -> None:
    """An account is kept as it was exported, full-width letters too."""
    assert Reading(Kind.WANGWANG, "ＡＢ小店铺") in read("ＡＢ小店铺")


@pytest.mark.parametrize("name", ["张三", "陈建生", "欧阳娜娜", "陈*生", "陈**", "买买提·江", "陈"])
def test_chinese_name_first_then_wangwang(name: str) -> None:
    assert kinds(name) == [Kind.NAME, Kind.WANGWANG]
    assert best(name) == (Kind.NAME, name)


def test_name_with_a_blank_and_latin_name() -> None:
    assert best("张 三") == (Kind.NAME, "张三")
    assert Reading(Kind.NAME, "John Smith") in read("John Smith")


@pytest.mark.parametrize(
    ("text", "kind", "key"),
    [
        ("订单号：35153131473290001", Kind.PLATFORM_NO, "35153131473290001"),
        ("订单编号35153131473290001", Kind.PLATFORM_NO, "35153131473290001"),
        ("我的订单号是35153131473290001什么时候发货", Kind.PLATFORM_NO, "35153131473290001"),
        ("订单号:G2611230001", Kind.ORDER_NO, "G2611230001"),
        ("旺旺:张三", Kind.WANGWANG, "张三"),
        ("旺旺 30998721", Kind.WANGWANG, "30998721"),
        ("收货人：清风明月小店", Kind.NAME, "清风明月小店"),
        ("收货人张三", Kind.NAME, "张三"),
        ("QQ:13800138000", Kind.QQ, "13800138000"),
    ],
)
def test_a_word_before_it_decides(text: str, kind: Kind, key: str) -> None:
    assert best(text) == (kind, key)


@pytest.mark.parametrize("account", ["电话亭小店", "含笑花", "姓名贴纸"])
def test_an_account_that_begins_with_such_a_word_stays_whole(account: str) -> None:
    assert Reading(Kind.WANGWANG, account) in read(account)
    assert Kind.CONTAINS not in kinds(account)


def test_fields_of_one_order_are_asked_one_after_the_other() -> None:
    text = "收货人：张三\n手机：13800138000\n订单号：35153131473290001"
    assert kinds(text) == [Kind.PLATFORM_NO, Kind.MOBILE, Kind.NAME]


def test_name_and_mobile_ask_for_the_mobile_first() -> None:
    assert kinds("张三 13800138000") == [Kind.MOBILE, Kind.NAME]


def test_number_inside_a_sentence_is_found() -> None:
    assert best("查一下13800138000的单") == (Kind.MOBILE, "13800138000")


@pytest.mark.parametrize("gap", [" ", "\n", ",", "，", "、", ";", "；", "\t", " \r\n "])
def test_several_numbers_at_once(gap: str) -> None:
    numbers = ["G2611230001", "35153131473290001", "YT8962646785389", "13800138000"]
    [reading] = read(gap.join(numbers))
    assert reading.kind is Kind.SEVERAL
    assert [piece.key for piece in reading.pieces] == numbers
    assert [piece.kind for piece in reading.pieces] == [
        Kind.ORDER_NO,
        Kind.PLATFORM_NO,
        Kind.WAYBILL,
        Kind.MOBILE,
    ]
    assert (reading.said, reading.shown) == ("按多个号码", "4 个")


def test_several_behind_one_label() -> None:
    [reading] = read("订单号：35153131473290001，35153131473290002")
    assert [piece.key for piece in reading.pieces] == ["35153131473290001", "35153131473290002"]


def test_several_names_and_accounts() -> None:
    assert [p.key for p in read("张三、李四")[0].pieces] == ["张三", "李四"]
    assert [p.kind for p in read("tb123,tb456")[0].pieces] == [Kind.WANGWANG] * 2


@pytest.mark.parametrize(
    ("text", "key"),
    [("3515 3131 4732 90001", "35153131473290001"), ("138 0013 8000", "13800138000")],
)
def test_the_groups_of_one_number_are_one(text: str, key: str) -> None:
    assert best(text)[1] == key


def test_more_than_two_hundred_are_cut_with_a_sentence() -> None:
    [reading] = read("\n".join(f"G26112300{n:03}" for n in range(300)))
    assert len(reading.pieces) == MAX_PIECES
    assert reading.note == TOO_MANY


@pytest.mark.parametrize("text", ["含:农园路", "含：农园路", "包含 农园路"])
def test_contains_is_asked_for_explicitly(text: str) -> None:
    assert read(text) == (Reading(Kind.CONTAINS, "农园路"),)


def test_contains_needs_two_characters() -> None:
    assert best("含:农") == (Kind.NAME, "农")
    assert read("含:农")[0].note == ONE_SIGN


@pytest.mark.parametrize("text", ["", " ", "\n", "###", "----", "***", "\u200b", "，。"])
def test_nothing_to_look_for(text: str) -> None:
    assert read(text) == ()


@pytest.mark.parametrize(
    "piece",
    ["1", "1 ", "张三,", "订单号：", "手机是", "-", "*", "a1-", "中", "含:", "138 ", "ﷺ", "\u200b"],
)
def test_hundred_thousand_characters_are_cut(piece: str) -> None:
    text = piece * (100_000 // len(piece))
    started = process_time()
    readings = read(text)
    assert process_time() - started < 5  # a runaway expression takes minutes
    assert all(reading.note in (CUT, TOO_MANY) for reading in readings)


def test_chosen_reading_goes_first() -> None:
    digits = read("13800138000")
    assert [r.kind for r in choose(digits, "qq")][:2] == [Kind.QQ, Kind.MOBILE]
    assert choose(digits, "") == choose(digits, "nonsense") == digits
    assert choose(digits, "contains")[0] == Reading(Kind.CONTAINS, "13800138000")
    assert choose((), "contains") == ()


def test_one_way_of_a_reading_can_be_chosen() -> None:
    [name, account] = choose(read("陈建生"), "name-2")
    assert (name.kind, name.way, account.way) == (Kind.NAME, 2, None)


@pytest.mark.parametrize("text", ["ＡＢ\0小店", "店\ud800铺", "\u200b旺旺\u202e旺"])
def test_no_reading_holds_what_a_database_refuses(text: str) -> None:
    for reading in read(text):
        assert not set(reading.key) & set("\0\ud800\u200b\u202e")


LIKELY = st.text(alphabet="G1380 张三*-,:号订单手机含旺QqEé+R@.\n\t１ａ；、“=")


@given(st.text() | LIKELY)
def test_any_text_is_read(text: str) -> None:
    readings = read(text)
    assert len({(r.kind, r.key) for r in readings}) == len(readings)
    for reading in readings:
        assert reading.key
        assert reading.said.startswith("按")
        assert len(reading.pieces) != 1


@given(st.text() | LIKELY)
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    assert clean(clean(text)) == clean(text)


@given(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True))
def test_a_mobile_is_never_shown_in_full(mobile: str) -> None:
    for text in (
        mobile,
        f"手机：{mobile}",
        f"查一下{mobile}的单",
        f"含:{mobile}",
        f"旺旺:{mobile}",
    ):
        assert all(mobile not in reading.shown for reading in read(text))
        assert any(reading.personal for reading in read(text))


@pytest.mark.parametrize("name", ["薛先生langer", "陈建生（公司）", "小陈2号仓"])
def test_whatever_a_buyer_typed_may_be_a_name(name: str) -> None:
    assert Kind.NAME in kinds(name)
