"""Numbers as they are typed: one a line, ranges, and what does not look right (SOP 2.g)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warehouse.numbers import MOST, odd, read

pytestmark = pytest.mark.sqlite


def test_one_a_line_in_their_order_each_once() -> None:
    found = read("YT8962646785389\n\nyt8962646785390\nYT8962646785389\n", "YTO")
    assert found.numbers == ("YT8962646785389", "YT8962646785390")
    assert (found.faults, found.odd) == ((), 0)


@pytest.mark.parametrize("sign", ["-", " - ", "~", "至", "到"])
def test_a_range_is_all_its_numbers(sign: str) -> None:
    found = read(f"YT8962646785398{sign}YT8962646785401", "YTO")
    ends = ("398", "399", "400", "401")
    assert found.numbers == tuple(f"YT8962646785{end}" for end in ends)


def test_leading_zeros_stay() -> None:
    assert read("000000000098-000000000101", "SF").numbers[-1] == "000000000101"


def test_commas_and_blanks_part_numbers() -> None:
    assert len(read("773012345678901, 773012345678902 773012345678903", "ZTO").numbers) == 3


@pytest.mark.parametrize("line", ["YT1", "运单号", "YT896264678538!", "A" * 40])
def test_what_is_no_number_is_told_with_its_line(line: str) -> None:
    ((at, why),) = read(f"YT8962646785389\n{line}", "YTO").faults
    assert at == 2
    assert "不像运单号" in why


def test_too_many_are_refused_at_once() -> None:
    found = read(f"YT0000000000001-YT{MOST + 1:013d}", "YTO")
    assert found.numbers == ()
    assert "请分几次" in found.faults[0][1]


def test_another_carriers_look_only_warns() -> None:
    assert odd("SF1234567890123", "YTO")
    assert not odd("SF1234567890123", "SF")
    assert not odd("ANYTHING-123", "ZJS")  # of a carrier that we know nothing of
    assert read("SF1234567890123", "YTO").numbers == ("SF1234567890123",)


@given(st.text(max_size=200))
def test_any_text_is_read_or_told(text: str) -> None:
    found = read(text, "YTO")
    assert len(set(found.numbers)) == len(found.numbers)
    assert len(found.numbers) <= MOST
    if "不" in text:  # certainly no number
        assert found.faults
