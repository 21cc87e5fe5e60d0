"""Personal data is masked everywhere but on labels (architecture §7)."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.masking import (
    is_masked,
    mask_account,
    mask_address,
    mask_buyer,
    mask_name,
    mask_phone,
    scrub,
)

ALL = [mask_name, mask_phone, mask_address, mask_account, mask_buyer, scrub]
DIGITS = "0123456789"
HAN = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=3, max_size=20)
MOBILES = st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)
ANY = st.text() | st.text(alphabet="1358*#$~＊路街道镇号张生 -０１３(")


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("陈建生", "陈*生"),
        ("陈生", "陈*"),
        ("陈", "*"),
        ("", ""),
        ("欧阳娜娜", "欧**娜"),
        ("阿卜杜拉·买买提江", "阿****江"),
        ("John Smith", "J****h"),
        ("陈*生", "陈*生"),
        ("陈**", "陈**"),
        ("陈建生*请送前电话", "陈****话"),
        ("##AbCdEf0123", "##***"),
    ],
)
def test_a_name_keeps_its_first_and_last_character(name: str, masked: str) -> None:
    assert mask_name(name) == masked


@pytest.mark.parametrize(
    ("phone", "masked"),
    [
        ("13800138000", "138****8000"),
        ("+86 138-0013-8000", "138****8000"),
        ("18412345678-1234", "184****5678"),
        ("0755-83901234", "0755-******34"),
        ("0755-83901234-801", "0755-******34"),
        ("138****3800", "138****3800"),
        ("1******6198", "1******6198"),
        ("13800138000*", "138****8000"),
        ("$$AbCdEf0123", "$$***"),
        ("1380", "****"),
        ("", ""),
    ],
)
def test_a_telephone_keeps_head_and_tail(phone: str, masked: str) -> None:
    assert mask_phone(phone) == masked


@pytest.mark.parametrize(
    ("address", "masked"),
    [
        ("香蜜湖街道农园路66号2栋301", "香蜜湖街道 ***"),
        ("农园路66号", "农园路 ***"),
        (
            "广东省 深圳市 福田区 香蜜湖街道农园路66号",
            "广东省 深圳市 福田区 香蜜湖街道 ***",
        ),
        ("北京市 北京市 朝阳区 建国路**号", "北京市 北京市 朝阳区 建国路 ***"),
        ("阳光小区3栋", "***"),
        ("3栋301", "***"),
        ("", ""),
    ],
)
def test_an_address_keeps_its_street_and_never_the_house(address: str, masked: str) -> None:
    assert mask_address(address) == masked


@pytest.mark.parametrize(
    ("account", "masked"),
    [
        ("30998721", "30***21"),
        ("1432480001@qq.com", "14***om"),
        ("清风明月", "清***"),
        ("tb612", "t***"),
        ("ab", "a*"),
        ("a", "*"),
        ("", ""),
    ],
)
def test_an_account_keeps_its_ends(account: str, masked: str) -> None:
    assert mask_account(account) == masked


@pytest.mark.parametrize("text", ["陈**", "陈*生", "1******6198", "##密文", "$$密文", "农园路**号"])
def test_what_a_platform_masked_is_recognised(text: str) -> None:
    assert is_masked(text)


@pytest.mark.parametrize("text", ["", "陈建生", "13800138000", "农园路66号", "长3*宽4*高5", "#3"])
def test_what_nobody_masked(text: str) -> None:
    assert not is_masked(text)


@pytest.mark.parametrize(
    ("text", "scrubbed"),
    [
        ("请打13800138000。", "请打138****8000。"),
        ("138 0013 8000 或 138-0013-8000", "138****8000 或 138****8000"),
        ("+86-1380-013-8000", "+86-138****8000"),
        ("１３８００１３８０００", "１３８****８０００"),
        ("13800138000,13900139000", "138****8000,139****9000"),
        ("18412345678-1234", "184****5678"),
        ("(0755)83901234", "(0755)-******34"),
        ("0755-83901234-801", "0755-******34"),
        ("01012345678", "010-******78"),
    ],
)
def test_telephones_in_free_text_are_scrubbed(text: str, scrubbed: str) -> None:
    assert scrub(text) == scrubbed


@pytest.mark.parametrize(
    ("buyer", "shown"),
    [
        ("30998721", "30***21"),
        ("30998721@qq.com", "30***om"),
        ("QQ30998721", "QQ***21"),
        ("13800138000", "138****8000"),
        ("tb_chen88", "tb_chen88"),
        ("清风明月", "清风明月"),
        ("", ""),
    ],
)
def test_a_buyer_goes_by_a_nickname_and_not_by_a_number(buyer: str, shown: str) -> None:
    assert mask_buyer(buyer) == shown


@pytest.mark.parametrize(
    "text",
    [
        "订单 35153131473290001",
        "G2611230001",
        "SF1385628716739",
        "161123-123456789012345",
        "2026-11-23 10:02:38",
        "¥1,380.00",
        "6901234567892",
    ],
)
def test_numbers_that_are_no_telephones_stay(text: str) -> None:
    assert scrub(text) == text


@pytest.mark.parametrize("mask", ALL)
@given(text=ANY)
def test_masking_twice_is_masking_once(mask: Callable[[str], str], text: str) -> None:
    assert mask(mask(text)) == mask(text)


@given(MOBILES, st.sampled_from(["", "-", " "]))
def test_the_middle_of_a_mobile_never_leaks(mobile: str, gap: str) -> None:
    written = gap.join((mobile[:3], mobile[3:7], mobile[7:]))
    for masked in (mask_phone(written), scrub(f"电话{written}，谢谢")):
        assert f"{mobile[:3]}****{mobile[7:]}" in masked
        assert sum(char in DIGITS for char in masked) == 7


@given(HAN)
def test_of_a_name_two_characters_show(name: str) -> None:
    masked = mask_name(name)
    assert len(masked.replace("*", "")) == 2
    assert len(masked) <= len(name)


@given(st.text(), st.from_regex(r"[0-9]{1,5}(号|栋|室|-[0-9]{1,4})", fullmatch=True))
def test_the_house_never_leaks(street: str, house: str) -> None:
    masked = mask_address(f"农园路{street}{house}")
    assert house not in masked
    assert not any(char in DIGITS for char in masked)


@given(st.text(alphabet=st.characters(exclude_characters="*＊#$~ "), min_size=1))
def test_of_an_account_at_most_four_characters_show(account: str) -> None:
    masked = mask_account(account)
    assert "*" in masked or not account.strip()
    assert len(masked.replace("*", "")) <= min(4, max(len(account) - 1, 0))
    assert len(masked) <= max(len(account), 1) + 1


@pytest.mark.parametrize("mask", [*ALL, is_masked])
@pytest.mark.parametrize("piece", ["1", "13", "0755", "农园", "*", "138-", "省 ", "街", "（"])
def test_long_text_takes_no_time(mask: Callable[[str], object], piece: str) -> None:
    started = perf_counter()
    mask(piece * 20_000)
    assert perf_counter() - started < 5  # a runaway expression takes minutes
