"""The walk along an address: province, city, district, as far as the text names them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from orders.addresses.divisions import (
    CITY,
    DISTRICT,
    ISLANDS,
    Division,
    Table,
    Written,
    names,
    table,
)

LONGEST = 1000
BETWEEN = " -,，、_/|·.。;；:：\"'“”"  # what people write between the parts
ZONE = re.compile(
    r".*(?:开发区|高新区|工业区|新区|园区|保税区|示范区|实验区|试验区|度假区|管理区|合作区|新城|港区)$"
)
# What stands where a division should and is none: 市辖区, 省直辖县级行政区划, 香港岛.
LEVEL = re.compile(
    r"市辖区|市辖县|县(?=[^\s县]{1,8}县)|(?:省|自治区)?直辖(?:县级)?(?:行政区划|行政单位|县级市|县)|"
    r"雄安新区(?=.{1,3}县)|香港岛|九龙(?=.{2,3}区)|新界"
)
_BRACKETS = str.maketrans(dict.fromkeys("[]【】", " ") | dict.fromkeys("\u200b\ufeff"))
_INTRO = re.compile(r"(?:收货地址|收件地址|详细地址|所在地区|地址)\s*[:：]\s*|中国(?=\S{2})")
_OTHER = re.compile(r"其[它他]区(?![^\s,，])")
# After a short name these make it part of another name: 南京路, 中山大学, 福田街道.
_NOT_A_PLACE = re.compile(
    r"[东西南北中]?[一二三四五六七八九十\d]?"
    r"(?:路|街|大街|大道|道|巷|弄|胡同|里|桥|村|镇|乡|庄|屯|苑|小区|花园|公寓|大厦|广场|大学|学院|中学|"
    r"小学|医院|宾馆|酒店|饭店|车站|火车站|机场|公园|市场|商场|超市|银行|花苑|新村|国际|公司|学校)"
)
_OF_THE_CITY = re.compile(r"民中|民广|政[府务]|委[会大]")  # 杭州市民中心 is 杭州 + 市民中心
_WITH_KIND = re.compile(r"([^\s\d,，]{2,6}?)[区县市旗](?![场民政委内])")
_WRONG_KIND = re.compile(r"市(?![场民政委辖区])")


def tidy(address: str) -> str:
    """Blanks, brackets and introductions (`收货地址：`) off; too long a text is cut."""
    text = " ".join(address[:LONGEST].translate(_BRACKETS).split()).lstrip(BETWEEN)
    intro = _INTRO.match(text)
    return text[intro.end() :].lstrip(BETWEEN) if intro else text


class Walk:
    """Takes one division after another off the text; `rest` is left, `doubts` say what is open."""

    def __init__(self, text: str) -> None:
        self.table: Table = table()
        self.rest = text
        self.place: Division | None = None
        self.open_district = ""
        self.doubts: list[str] = []

    def go(self) -> None:
        """Walk to the end; afterwards `rest` is the street."""
        while self._step():
            pass
        other = _OTHER.match(self.rest)
        if other:
            self.open_district = other[0]
            self._take(other.end())
        elif self.place and not self.place.district:
            self._zone()
        if self.place:
            self._second_time(self.place)
        self.rest = self.rest.rstrip(BETWEEN)
        self._missing(other is not None)

    def _take(self, size: int) -> None:
        self.rest = self.rest[size:].lstrip(BETWEEN)

    def _step(self) -> bool:
        """Take the next division off the text; False when there is none."""
        if self.place and self.place.level == DISTRICT:
            return False
        name, found = self._next()
        if len(found) > 1:
            self.doubts.append(f"“{name}”不止一处（{places(found)}），请问清是哪里。")
            self.open_district = name
            self._take(len(name))
            return False
        if found:
            self._enter(found[0], name)
            return True
        return self.place is not None and self._skip(self.place)

    def _next(self) -> tuple[str, list[Division]]:
        """The longest name that the text begins with, and the divisions that it may mean here."""
        text, known = self.rest, self.table
        for size in range(min(known.longest.get(text[:2], 0), len(text)), 1, -1):
            ways = known.written.get(text[:size], ())
            rest = text[size : size + 5]
            found = [way.division for way in ways if self._fits(way, rest)]
            if found:
                return text[:size], _preferred(found)
        return "", []

    def _fits(self, way: Written, rest: str) -> bool:
        """Can the name mean this division here? A short one needs what follows to allow it."""
        division, alone = way.division, self.place is None
        if not division.within(self.place):
            return False
        if not way.short:
            too_short = alone and division.now and len(division.name) == 2  # 金县, 安县
            return not too_short and not (division.level == CITY and _OF_THE_CITY.match(rest))
        if alone and division.level == DISTRICT:
            return not division.now and (not rest or rest[0] in BETWEEN)
        return not (alone and division.now) and not _NOT_A_PLACE.match(rest)

    def _enter(self, division: Division, name: str) -> None:
        alone, self.place = self.place is None, division
        short = name != division.name
        if division.level == DISTRICT and self._glued(name):
            full = division.district or division.city
            self.doubts.append(f"“{name}”按{full}理解，请核对。")
        else:
            self._take(len(name))
        if short and division.level == CITY and _WRONG_KIND.match(self.rest):
            self.doubts.append(f"没有“{name}市”，按{division.name}理解，请核对。")
            self._take(1)
        if division.now:
            now = ("" if division.level == CITY else f"{division.city}的") + "、".join(division.now)
            self.doubts.append(f"{division.name}是旧名，现在是{now}，请核对。")
        elif alone and division.level == DISTRICT and not name.endswith("市"):
            where = "".join(dict.fromkeys((division.province, division.city)))
            self.doubts.append(f"地址里没有写省市，“{name}”按{where}理解，请核对。")
        elif alone and short and division.level == CITY:
            self._shared(division, name)

    def _glued(self, name: str) -> bool:
        """`成都市武侯祠大街` says 武侯, but its street is 武侯祠大街: so it stays in the street."""
        after = self.rest[len(name) : len(name) + 1]
        return name[-1] not in "县区市旗" and after != "" and after not in BETWEEN

    def _shared(self, city: Division, name: str) -> None:
        """`朝阳` alone is also a district elsewhere; a provincial capital is what is meant."""
        if city.code.endswith("0100") or self._next()[1]:
            return
        others = [d for d in self.table.named(name) if d.district and not d.within(city)]
        if others:
            also = "、".join(d.city + d.district for d in others)
            self.doubts.append(f"“{name}”按{city.name}理解，也可能是{also}，请问清。")

    def _skip(self, place: Division) -> bool:
        """Take off what names no new division: 市辖区, the same name again; or a similar name."""
        level = LEVEL.match(self.rest)
        if level:
            self._take(level.end())
            return True
        return self._again(place) or self._city_quarter(place) or self._similar(place)

    def _again(self, place: Division) -> bool:
        """`北京 北京市 朝阳区`, `北京北京朝阳区`; but 上海上海大学 is 上海 + 上海大学."""
        for full in dict.fromkeys((place.city, place.province)):
            for name in names(full) if full else ():
                if not self.rest.startswith(name):
                    continue
                kept = self.rest
                self._take(len(name))
                if name == full or kept[len(name) :][:1] == " " or self._next()[1]:
                    return True
                self.rest = kept
        return False

    def _city_quarter(self, place: Division) -> bool:
        """`济南市中区` is 济南 + 市中区; `温州市区` is only 温州市."""
        if place.level != CITY or not self.rest.startswith(("中区", "区")):
            return False
        if self.rest.startswith("中区"):
            self.rest = f"市{self.rest}"
            return bool(self._next()[1])
        self._take(1)
        return True

    def _similar(self, place: Division) -> bool:
        """`南京市雨花区` is taken as 雨花台区, with a doubt; another city's is only said."""
        written = _WITH_KIND.match(self.rest)
        inside = self.table.below.get(place.stem)
        if written is None or not inside:
            return False
        like = [d for d in inside if d.district and d.name.startswith(written[1])]
        if len(like) == 1:
            self.doubts.append(
                f"没有“{written[0]}”，按{like[0].city}的{like[0].name}理解，请核对。"
            )
            self.place = like[0]
            self._take(written.end())
            return True
        elsewhere = [d for d in self.table.named(written[0]) if d.name == written[0] and not d.now]
        if elsewhere:
            self.doubts.append(f"{place.name}没有{written[0]}（{places(elsewhere)}有），请核对。")
        return False

    def _zone(self) -> None:
        """`江苏省 苏州市 工业园区 星湖街…`: a zone that stands for itself is used as a district."""
        first, blank, rest = self.rest.partition(" ")
        if blank and len(first) <= 14 and ZONE.fullmatch(first):
            self.open_district, self.rest = first, rest

    def _second_time(self, place: Division) -> None:
        """The region written twice goes; a second district that disagrees stays and is said."""
        kept = self.rest
        for full in dict.fromkeys((place.province, place.city)):
            if full and self.rest.startswith(full):
                self._take(len(full))
        if self.rest == kept or not place.district:
            return
        if self.rest.startswith(place.district):
            self._take(len(place.district))
            return
        siblings = (d.name for d in self.table.below.get(place.code[:4], ()))
        second = next((name for name in siblings if self.rest.startswith(name)), "")
        if second:
            self.doubts.append(f"前面写的是{place.district}，后面又写{second}，请问清是哪个。")

    def _missing(self, other: bool) -> None:
        """What the address leaves open, said once."""
        place = self.place
        if place is None:
            self.doubts = self.doubts or ["没有看出省份和城市，请问清。"]
        elif not place.city and place.code not in ISLANDS:
            self.doubts.append(f"只看出{place.province}，没有看出是哪个市，请问清。")
        elif other:
            self.doubts.append("区县写的是“其它区”，请核对。")
        elif not (self.doubts or place.district or self.open_district) and (
            place.stem in self.table.below
        ):
            self.doubts.append(f"没有看出是{place.city}哪个区县，请核对。")
        if not self.rest:
            self.doubts.append("没有看出详细地址（街道、门牌），请补上。")


def _preferred(found: list[Division]) -> list[Division]:
    """Names in force before former ones; then the widest division: 吉林 is the province."""
    in_force = [division for division in found if not division.now] or found
    widest = min(division.level for division in in_force)
    kept = {d.code: d for d in reversed(in_force) if d.level == widest}
    return list(kept.values())


def places(divisions: Iterable[Division]) -> str:
    """At most four places, told by their city: 北京市、长春市."""
    where = sorted({d.city if d.district else d.province for d in divisions})
    return "、".join(where[:4]) + ("等" if len(where) > 4 else "")
