"""Telephones are written one way and checked against the numbering plan (SOP 2.b)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orders.addresses import clean_phone, plausible_phone

SAME = {
    "13800138000": [
        "13800138000",
        " 138 0013 8000 ",
        "138-0013-8000",
        "+86 138-0013-8000",
        "+8613800138000",
        "86-13800138000",
        "8613800138000",
        "0086 13800138000",
        "013800138000",
        "'13800138000",
        '="13800138000"',
        "１３８００１３８０００",
        "138—0013—8000",
    ],
    "18412345678-1234": [
        "18412345678-1234",
        "18412345678转1234",
        "18412345678,1234",
        "184 1234 5678#1234",
    ],
    "0755-83901234": [
        "0755-83901234",
        "075583901234",
        "(0755)83901234",
        "0755 8390 1234",
        "+86 755 83901234",
    ],
    "0755-83901234-801": ["0755-83901234-801", "0755-83901234转801"],
    "010-12345678": ["010-12345678", "01012345678", "+86 10 12345678"],
    "400-800-1234": ["4008001234", "400-800-1234", "400 8001234"],
    "+85261234567": ["+852 6123 4567", "0085261234567"],
}


@pytest.mark.parametrize(("clean", "typed"), [(c, t) for c, ways in SAME.items() for t in ways])
def test_a_number_is_written_one_way(clean: str, typed: str) -> None:
    assert clean_phone(typed) == clean
    if clean != "010-12345678":
        assert plausible_phone(typed) == clean


@pytest.mark.parametrize(
    "kept", ["138****3800", "1******6198", "$$密文", "##abc", "微信联系", "83901234"]
)
def test_what_is_no_number_stays_as_it_is_and_cannot_be_dialled(kept: str) -> None:
    assert clean_phone(f" {kept} ") == kept
    assert plausible_phone(kept) is None


@pytest.mark.parametrize(
    "wrong", ["", "1380013800", "138001380000", "12800138000", "0755-12345", "110"]
)
def test_what_cannot_be_dialled(wrong: str) -> None:
    assert plausible_phone(wrong) is None


@given(st.text() | st.text(alphabet="0123456789-+() 转#＋１８"))
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    once = clean_phone(text)
    assert clean_phone(once) == once


@given(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True))
def test_every_mobile_is_plausible(mobile: str) -> None:
    assert plausible_phone(f"+86 {mobile[:3]}-{mobile[3:7]}-{mobile[7:]}") == mobile
