"""Province, city and district off an address; what is open is said, never guessed (SOP 2.b)."""

from __future__ import annotations

from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orders.addresses import split_region
from orders.addresses.divisions import DISTRICT, Division, table

CLEAR = {
    "广东省 深圳市 福田区 农园路66号": ("广东省", "深圳市", "福田区", "农园路66号"),
    "广东深圳市福田区农园路66号": ("广东省", "深圳市", "福田区", "农园路66号"),
    "广东省深圳市福田区农园路66号": ("广东省", "深圳市", "福田区", "农园路66号"),
    "深圳南山区科技园3栋": ("广东省", "深圳市", "南山区", "科技园3栋"),
    "中国浙江杭州西湖区文三路1号": ("浙江省", "杭州市", "西湖区", "文三路1号"),
    "河南-新乡市-长垣市-恼里镇10号楼": ("河南省", "新乡市", "长垣市", "恼里镇10号楼"),
    "[黑龙江哈尔滨市南岗区]哈西街道16-1": ("黑龙江省", "哈尔滨市", "南岗区", "哈西街道16-1"),
    "收货地址：江苏省昆山市花桥镇1号": ("江苏省", "苏州市", "昆山市", "花桥镇1号"),
    "广西省桂林阳朔县西街1号": ("广西壮族自治区", "桂林市", "阳朔县", "西街1号"),
    "吉林省吉林市昌邑区解放路1号": ("吉林省", "吉林市", "昌邑区", "解放路1号"),
    "吉林 吉林 昌邑区 解放路1号": ("吉林省", "吉林市", "昌邑区", "解放路1号"),
    "黑龙江齐齐哈尔市梅里斯区1号": ("黑龙江省", "齐齐哈尔市", "梅里斯达斡尔族区", "1号"),
    "济南市中区经七路1号": ("山东省", "济南市", "市中区", "经七路1号"),
    "海南省三亚市天涯区海南省三亚市天涯区凤凰镇": ("海南省", "三亚市", "天涯区", "凤凰镇"),
    "江苏省 苏州市 工业园区 星湖街1号": ("江苏省", "苏州市", "工业园区", "星湖街1号"),
}


@pytest.mark.parametrize("address", CLEAR)
def test_clear_address_is_split_without_a_doubt(address: str) -> None:
    region = split_region(address)
    assert (region.province, region.city, region.district, region.street) == CLEAR[address]
    assert region.doubts == ()


@pytest.mark.parametrize(
    "address",
    [
        "北京 北京市 朝阳区 建国路1号",
        "北京北京市朝阳区建国路1号",
        "北京 朝阳区 建国路1号",
        "北京北京朝阳区建国路1号",
        "北京市市辖区朝阳区建国路1号",
    ],
)
def test_municipality_is_its_own_city(address: str) -> None:
    region = split_region(address)
    assert (region.province, region.city, region.district) == ("北京市", "北京市", "朝阳区")
    assert (region.street, region.code) == ("建国路1号", "110105")


@pytest.mark.parametrize(
    "address",
    [
        "湖北省 仙桃市 三伏潭镇1号",
        "湖北省 省直辖县级行政区划 仙桃市 三伏潭镇1号",
        "湖北仙桃 三伏潭镇1号",
    ],
)
def test_county_right_under_a_province_is_a_city_of_its_own(address: str) -> None:
    region = split_region(address)
    assert (region.province, region.city, region.district) == ("湖北省", "仙桃市", "")
    assert (region.street, region.doubts) == ("三伏潭镇1号", ())


def test_town_stays_in_the_street() -> None:
    region = split_region("广东省 东莞市 东城街道 主山路1号")
    assert (region.city, region.district, region.street) == ("东莞市", "", "东城街道 主山路1号")
    assert region.doubts == ()


def test_chaoyang_alone_is_in_beijing_or_in_changchun() -> None:
    region = split_region("朝阳区建国路1号")
    assert (region.province, region.city, region.street) == ("", "", "建国路1号")
    assert region.doubts == ("“朝阳区”不止一处（北京市、长春市），请问清是哪里。",)


def test_chaoyang_without_its_kind_may_be_three_places() -> None:
    [doubt] = split_region("朝阳建国路1号").doubts
    assert "北京市朝阳区" in doubt
    assert "长春市朝阳区" in doubt


def test_district_alone_is_completed_with_a_doubt() -> None:
    region = split_region("徐汇区虹漕路461号")
    assert (region.province, region.district) == ("上海市", "徐汇区")
    assert region.doubts == ("地址里没有写省市，“徐汇区”按上海市理解，请核对。",)


@pytest.mark.parametrize("address", ["上海路1号", "南京东路100号", "中山北路3号", "中山大学南校区"])
def test_street_named_after_a_city_is_no_city(address: str) -> None:
    region = split_region(address)
    assert (region.province, region.city, region.street) == ("", "", address)
    assert region.doubts == ("没有看出省份和城市，请问清。",)


DOUBTFUL = {
    "四川省凉山彝族自治州会理县一中": "会理县是旧名，现在是凉山彝族自治州的会理市，请核对。",
    "重庆渝北区回兴街道1号": "渝北区是旧名，现在是重庆市的两江新区，请核对。",
    "上海市闸北区大宁路1号": "闸北区是旧名，现在是上海市的静安区，请核对。",
    "四川省凉山市西昌市1号": "没有“凉山市”，按凉山彝族自治州理解，请核对。",
    "南京市雨花区小行路58号": "没有“雨花区”，按南京市的雨花台区理解，请核对。",
    "上海市朝阳区建国路1号": "上海市没有朝阳区（北京市、长春市有），请核对。",
    "四川省 成都市 其它区 盛邦街100号": "区县写的是“其它区”，请核对。",
    "三亚市天涯区三亚市吉阳区1号": "前面写的是天涯区，后面又写吉阳区，请问清是哪个。",
    "内蒙古自治区": "只看出内蒙古自治区，没有看出是哪个市，请问清。",
    "成都市人民南路1号": "没有看出是成都市哪个区县，请核对。",
    "北京市朝阳区": "没有看出详细地址（街道、门牌），请补上。",
}


@pytest.mark.parametrize("address", DOUBTFUL)
def test_what_is_doubtful_is_said(address: str) -> None:
    assert DOUBTFUL[address] in split_region(address).doubts


def test_the_platform_s_other_district_is_kept_and_asked_about() -> None:
    region = split_region("四川省 成都市 其它区 盛邦街100号")
    assert (region.city, region.district, region.street) == ("成都市", "其它区", "盛邦街100号")


def test_short_name_glued_to_a_street_stays_in_the_street() -> None:
    region = split_region("成都市武侯祠大街1号")
    assert (region.district, region.street) == ("武侯区", "武侯祠大街1号")
    assert region.doubts == ("“武侯”按武侯区理解，请核对。",)


def test_old_name_stays_as_written_with_the_code_of_today() -> None:
    region = split_region("四川省凉山彝族自治州会理县一中")
    assert (region.district, region.code) == ("会理县", "513402")


def districts() -> list[Division]:
    return [d for d in table().by_code.values() if d.level == DISTRICT]


@given(st.sampled_from(districts()), st.sampled_from(["", " ", "  "]))
def test_every_district_written_in_full_is_found(district: Division, blank: str) -> None:
    parts = dict.fromkeys(filter(None, (district.province, district.city, district.district)))
    region = split_region(blank.join([*parts, "幸福路1号"]))
    assert (region.province, region.city, region.district, region.code, region.street) == (
        district.province,
        district.city,
        district.district,
        district.code,
        "幸福路1号",
    )


@given(st.text() | st.text(alphabet="北京上海市朝阳区县省 南中路,-()"))
def test_any_text_is_split_and_nothing_is_invented(text: str) -> None:
    region = split_region(text)
    known = {"", *(d.province for d in table().by_code.values())}
    assert region.province in known
    assert region.province or region.doubts


@pytest.mark.parametrize("piece", ["北京市", "朝阳区", "省", " ", "（", "市中区", "北京"])
def test_long_text_takes_no_time(piece: str) -> None:
    started = perf_counter()
    split_region(piece * 10_000)
    assert perf_counter() - started < 5  # a runaway expression takes minutes
