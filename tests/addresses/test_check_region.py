"""Do province, city and district belong together? (SOP 2.b)"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orders.addresses import check_region
from orders.addresses.divisions import Division, table

WELL = [
    ("广东省", "深圳市", "福田区"),
    ("广东", "深圳", "福田"),
    ("北京市", "北京市", "朝阳区"),
    ("北京", "", "朝阳区"),
    ("北京市", "市辖区", "朝阳区"),
    ("吉林省", "长春市", "朝阳区"),
    ("湖北省", "仙桃市", ""),
    ("湖北省", "仙桃市", "仙桃市"),
    ("湖北省", "仙桃市", "三伏潭镇"),
    ("湖北省", "省直辖县级行政区划", "仙桃市"),
    ("广东省", "东莞市", "东城街道"),
    ("江苏省", "苏州市", "工业园区"),
    ("江苏省", "昆山市", ""),
    ("四川省", "成都市", "其它区"),
    ("四川省", "凉山彝族自治州", "会理县"),
    ("重庆市", "重庆市", "渝北区"),
    ("香港特别行政区", "九龙", "油尖旺区"),
    ("台湾省", "台北市", "信义区"),
    ("广东省", "深圳市", ""),
]


@pytest.mark.parametrize("parts", WELL)
def test_what_belongs_together_is_well(parts: tuple[str, str, str]) -> None:
    assert check_region(*parts) == ()


WRONG = {
    ("", "深圳市", "福田区"): "省份没有填，“福田区”在深圳市。",
    ("岭南省", "深圳市", "福田区"): "没有“岭南省”这个省份，请核对。",
    ("广东省", "", ""): "城市没有填。",
    ("上海市", "", ""): "区县没有填。",
    ("上海市", "上海市", ""): "区县没有填。",
    ("广东省", "杭州市", "西湖区"): "广东省没有“杭州市”（浙江省有），请核对。",
    ("上海市", "上海市", "朝阳区"): "上海市没有“朝阳区”（北京市、长春市有），请核对。",
    ("广东省", "深圳市", "西湖区"): "深圳市没有“西湖区”（南昌市、杭州市有），请核对。",
    ("广东省", "深圳市", "不存在区"): "深圳市没有“不存在区”，请核对。",
    ("湖北省", "仙桃市", "福田区"): "仙桃市没有“福田区”（深圳市有），请核对。",
}


@pytest.mark.parametrize("parts", WRONG)
def test_what_does_not_belong_together_is_said(parts: tuple[str, str, str]) -> None:
    assert check_region(*parts) == (WRONG[parts],)


@given(st.sampled_from(list(table().by_code.values())))
def test_every_division_of_the_table_is_well(division: Division) -> None:
    if division.city and not (division.city == division.province and not division.district):
        assert check_region(division.province, division.city, division.district) == ()


@given(st.text(max_size=20), st.text(max_size=20), st.text(max_size=20))
def test_any_three_texts_are_answered(province: str, city: str, district: str) -> None:
    assert all(problem.endswith("。") for problem in check_region(province, city, district))
