"""One cell: wrappers come off, and what a spreadsheet has ruined is refused (SOP 5.a)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.tables.cells import CHINA, amount, clean, count, is_ruined, moment, order_number
from tests.formats.conftest import One, Read, Refused
from tests.formats.files import as_csv, resaved, taobao

WRAPPED = st.text(alphabet="=\"'’ \t\ufeff1a汉", max_size=30)


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ('="35153131473290001"', "35153131473290001"),
        ('=""', ""),
        ('"="', '"="'),
        ("=", ""),
        ("'13900000165", "13900000165"),
        ("\t6917926768823643751", "6917926768823643751"),
        ("260910-622101000000001\t", "260910-622101000000001"),
        ("\ufeff订单编号", "订单编号"),
        ("收货地址 ", "收货地址"),
        ('="\t\'1"', "1"),
        ('="a""b"', 'a"b'),
        ("O'Neil", "O'Neil"),
        ("=1+1", "=1+1"),
        ("路 1 号", "路 1 号"),
    ],
)
def test_wrappers_come_off(cell: str, text: str) -> None:
    assert clean(cell) == text


@given(WRAPPED | st.text())
def test_cleaning_twice_changes_nothing(cell: str) -> None:
    assert clean(clean(cell)) == clean(cell)


@given(st.from_regex(r"[0-9A-Za-z汉]{1,20}", fullmatch=True), st.sampled_from(["'{}", '="{}"']))
def test_any_wrapper_gives_back_what_it_wraps(text: str, wrapper: str) -> None:
    assert clean(f" {wrapper.format(text)}\t") == text


def test_a_cell_of_wrappers_alone_takes_no_time() -> None:
    assert clean("' " * 16_000 + "1") == "1"


# -- rows --------------------------------------------------------------------------------------


def test_a_trailing_comma_adds_no_column(one: One) -> None:
    header, row = taobao()
    assert one([header, [*row, "", ""]]).platform_no == "35153131473000001"


def test_a_comma_that_was_not_quoted_rejects_the_row(read: Read) -> None:
    header, bad, good = taobao({}, {})
    first, second = read([header, [*bad, "x"], good])
    assert "多出几列" in first.reason  # type: ignore[union-attr]
    assert second.platform_no == "35153131473000002"  # type: ignore[union-attr]


def test_a_row_that_was_cut_off_is_rejected(refused: Refused) -> None:
    header, good, cut = taobao({}, {})
    assert "没有下载完整" in refused([header, good, cut[:20]]).reason


def test_a_quote_that_never_ends_spoils_its_own_row_alone(read: Read) -> None:
    header, first, second = as_csv(taobao({}, {})).splitlines(keepends=True)
    spoilt = first.replace('"薛小安"'.encode("gb18030"), '"薛小安'.encode("gb18030"))
    bad, good = read(header + spoilt + second)
    assert bad.line == 2
    assert good.platform_no == "35153131473000002"  # type: ignore[union-attr]


def test_a_line_break_inside_a_note_stays(one: One) -> None:
    assert one(taobao({"订单备注": "第一行\n第二行"})).seller_memo == "第一行\n第二行"


def test_a_header_that_comes_again_is_no_order(read: Read) -> None:
    header, first, second = taobao({}, {})
    assert len(read([header, first, header, second])) == 2


def test_empty_rows_are_passed_over(read: Read) -> None:
    header, row = taobao()
    assert len(read([header, [""] * 46, row, []])) == 1


# -- numbers that a spreadsheet has ruined -----------------------------------------------------


def test_a_file_that_was_saved_again_is_refused_row_by_row(read: Read) -> None:
    records = read(resaved(taobao({}, {})))
    assert [record.line for record in records] == [2, 3]
    for record in records:
        assert record.column == "订单编号"  # type: ignore[union-attr]
        assert record.value == "3.51531E+16"  # type: ignore[union-attr]
        assert "请从平台重新导出" in record.reason  # type: ignore[union-attr]


@pytest.mark.parametrize("column", ["联系手机", "物流单号"])
def test_ruined_telephones_and_waybills_are_refused(refused: Refused, column: str) -> None:
    row = refused(taobao({column: "1.39E+10"}))
    assert (row.column, row.value) == (column, "1.39E+10")


@pytest.mark.parametrize("text", ["3.51531E+16", "3.51531e+16", "3E16"])
def test_scientific_notation_is_known(text: str) -> None:
    assert is_ruined(text)


@pytest.mark.parametrize("text", ["35153131473290001", "SF1E6", "E20260922", ""])
def test_ordinary_numbers_are_not_ruined(text: str) -> None:
    assert not is_ruined(text)


@pytest.mark.parametrize(
    ("cell", "number"), [("12345.0", "12345"), ("１２３", "123"), ("A-1_2/3.#", "A-1_2/3.#")]
)
def test_order_numbers(cell: str, number: str) -> None:
    assert order_number(cell) == number


@pytest.mark.parametrize("cell", ["", "订单1", "1" * 65, "1 2", "<b>", "-1"])
def test_what_is_no_order_number(cell: str) -> None:
    with pytest.raises(ValueError, match="订单号"):
        order_number(cell)


# -- amounts -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "yuan"),
    [
        ("", "0"),
        ("88", "88"),
        ("88.00元", "88"),
        ("￥88.5", "88.50"),
        ("¥ 88.50", "88.50"),
        ("CNY 1,234.50", "1234.50"),
        ("1,234,567.80", "1234567.80"),
        ("１２.５", "12.50"),
        (".5", "0.50"),
        ("-3.20", "-3.20"),
        ("178.79999999999998", "178.80"),
    ],
)
def test_amounts(cell: str, yuan: str) -> None:
    assert amount(cell) == Decimal(yuan)


@given(st.decimals(min_value=0, max_value=9_999_999_999, places=2))
def test_any_amount_reads_the_same_however_it_is_written(value: Decimal) -> None:
    assert amount(f"{value:.2f}") == amount(f"{value:,.2f}") == amount(f"￥{value:.2f}元") == value


@pytest.mark.parametrize("cell", ["12,34", "1.2.3", "八十八", "1e5", "12.345", "99999999999", "元"])
def test_what_is_no_amount(cell: str) -> None:
    with pytest.raises(ValueError, match="金额"):
        amount(cell)


@pytest.mark.parametrize(("cell", "pieces"), [("2", 2), ("2.0", 2), ("3件", 3), ("1,000", 1000)])
def test_counts(cell: str, pieces: int) -> None:
    assert count(cell) == pieces


@pytest.mark.parametrize("cell", ["", "0", "-1", "1.5", "两件", "9999999"])
def test_what_is_no_count(cell: str) -> None:
    with pytest.raises(ValueError, match="数量要填大于 0 的整数"):
        count(cell)


# -- dates -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "cell",
    [
        "2026-09-10 08:00:00",
        "2026/9/10 8:00",
        "2026-09-10T08:00:00",
        "2026年9月10日 8时0分",
        "2026.9.10 8:00:00",
        "20260910080000",
        "２０２６-09-10 08：00：00",
        "46275.333333333",
    ],
)
def test_one_moment_in_many_shapes(cell: str) -> None:
    assert moment(cell) == datetime(2026, 9, 10, 8, tzinfo=CHINA)


@pytest.mark.parametrize("cell", ["", "0", "0000-00-00 00:00:00"])
def test_never_is_no_moment(cell: str) -> None:
    assert moment(cell) is None


@pytest.mark.parametrize(
    "cell", ["2026-02-30 08:00:00", "2026/13/1", "1899-01-01 00:00:00", "10/9/2026", "昨天", "9"]
)
def test_what_is_no_moment(cell: str) -> None:
    with pytest.raises(ValueError, match=r"时间|日期"):
        moment(cell)


@given(st.datetimes(datetime(2000, 1, 1), datetime(2099, 12, 31)))  # noqa: DTZ001
def test_both_shapes_of_a_date_are_one_moment(when: datetime) -> None:
    plain = f"{when.year}/{when.month}/{when.day} {when.hour}:{when.minute:02}:{when.second:02}"
    assert moment(plain) == moment(f"{when:%Y-%m-%d %H:%M:%S}")
