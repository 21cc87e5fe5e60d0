"""A pasted “name telephone address” becomes fields, for confirmation (SOP 1.1.a)."""

from __future__ import annotations

from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orders.addresses import Pasted, split_contact

ORDINARY = Pasted(
    name="李雷",
    mobile="13800138000",
    province="广东省",
    city="深圳市",
    district="福田区",
    street="香蜜湖街道农园路66号2栋301",
)


@pytest.mark.parametrize(
    "text",
    [
        "李雷 13800138000 广东省深圳市福田区香蜜湖街道农园路66号2栋301",
        "李雷，86-13800138000，广东省 深圳市 福田区 香蜜湖街道农园路66号2栋301",
        "广东深圳福田区香蜜湖街道农园路66号2栋301，李雷，138-0013-8000",
        "广东省深圳市福田区香蜜湖街道农园路66号2栋301 李雷收 １３８００１３８０００",
        "李雷13800138000广东省深圳市福田区香蜜湖街道农园路66号2栋301",
        "李雷广东省深圳市福田区香蜜湖街道农园路66号2栋301 13800138000",
        "收货人: 李雷\n手机号码: 13800138000\n所在地区: 广东省深圳市福田区\n"
        "详细地址: 香蜜湖街道农园路66号2栋301",
        "姓名：李雷 电话：+86 138 0013 8000 地址：广东省深圳市福田区香蜜湖街道农园路66号2栋301",
    ],
)
def test_the_ways_in_which_people_paste_it(text: str) -> None:
    assert split_contact(text) == ORDINARY


def test_words_around_it_are_left_over() -> None:
    text = "麻烦帮我改一下地址，谢谢。李雷 13800138000 浙江杭州西湖区文三路1号"
    pasted = split_contact(text)
    assert (pasted.name, pasted.city, pasted.street) == ("李雷", "杭州市", "文三路1号")
    assert pasted.leftovers == "麻烦帮我改一下 谢谢"


def test_identity_card_goes_into_no_field() -> None:
    pasted = split_contact("李雷 13800138000 深圳市福田区农园路1号 身份证号: 110101199000017351")
    assert pasted.leftovers == "身份证号: 110101199000017351"
    assert (pasted.mobile, pasted.street) == ("13800138000", "农园路1号")


def test_privacy_number_keeps_its_extension() -> None:
    pasted = split_contact("李雷 18412345678-1234 长沙市岳麓区麓山路1号")
    assert pasted.mobile == "18412345678-1234"


def test_house_number_after_the_telephone_is_no_extension() -> None:
    pasted = split_contact("李雷 13800138000-2栋101 长沙市岳麓区麓山路1号")
    assert pasted.mobile == "13800138000"


def test_mobile_glued_to_the_room_is_found() -> None:
    pasted = split_contact("北京市密云区花园小区1楼三单元30115800001123 唐娜收")
    assert (pasted.mobile, pasted.name) == ("15800001123", "唐娜")
    assert pasted.street == "花园小区1楼三单元301"


def test_landline_and_zip_code() -> None:
    pasted = split_contact("李雷 0755-83901234 深圳市福田区农园路1号(518000)")
    assert (pasted.telephone, pasted.mobile) == ("0755-83901234", "")
    assert (pasted.zip_code, pasted.street) == ("518000", "农园路1号")
    assert split_contact("李雷 13800138000 深圳市福田区农园路1号(000000)").zip_code == ""


def test_second_mobile_is_kept_and_asked_about() -> None:
    pasted = split_contact("李雷 13800138000 13900139000 深圳市福田区农园路1号")
    assert (pasted.mobile, pasted.telephone) == ("13800138000", "13900139000")
    assert pasted.doubts == ("有两个手机号，请核对用哪个。",)


def test_masked_telephone_is_asked_about() -> None:
    pasted = split_contact("李*雷 138****8000 深圳市福田区农园路**号")
    assert (pasted.name, pasted.mobile) == ("李*雷", "138****8000")
    assert "手机号被遮住了，请向客户要完整的号码。" in pasted.doubts


def test_latin_name_keeps_its_blank() -> None:
    assert split_contact("收件人: John Smith\n手机: 13800138000").name == "John Smith"


def test_what_is_missing_is_said() -> None:
    assert split_contact("").doubts == (
        "没有看出收货人姓名，请补上。",
        "没有看出电话，请补上。",
        "没有看出省份和城市，请问清。",
        "没有看出详细地址（街道、门牌），请补上。",
    )


def test_the_region_s_doubts_are_passed_on() -> None:
    pasted = split_contact("李雷 13800138000 朝阳区建国路1号")
    assert (pasted.province, pasted.district) == ("", "朝阳区")
    assert pasted.doubts == ("“朝阳区”不止一处（北京市、长春市），请问清是哪里。",)


@pytest.mark.parametrize(
    "piece",
    [
        "1",
        "1 ",
        "13800138000",
        "省",
        "收货人",
        "地址：",
        "张三 ",
        "+86 ",
        "(",
        "a-",
        "朝阳区 ",
        "*",
    ],
)
def test_slow_made_paste_is_cut_with_a_sentence(piece: str) -> None:
    started = perf_counter()
    pasted = split_contact(piece * 10_000)
    assert perf_counter() - started < 5  # a runaway expression takes minutes
    assert pasted.doubts[0] == "内容太长，只看了前 2000 个字，请核对。"


@given(st.text() | st.text(alphabet="李雷张138*0-号路区市省 ,:收货人\n()", max_size=200))
def test_any_text_is_answered(text: str) -> None:
    pasted = split_contact(text)
    assert all(doubt.endswith("。") for doubt in pasted.doubts)
