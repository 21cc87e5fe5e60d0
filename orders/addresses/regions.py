"""Province, city and district of an address, and whether they belong together (SOP 2.b).

Nothing is guessed: what an address leaves open (朝阳区 is in 北京 and in 长春) becomes a doubt, a
Chinese sentence for the agent to confirm.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from orders.addresses.divisions import (
    DISTRICT,
    ISLANDS,
    MUNICIPALITIES,
    PROVINCE,
    Division,
    Table,
    table,
)
from orders.addresses.walk import LEVEL, ZONE, Walk, places, tidy

_TOWN = re.compile(r".*(?:镇|乡|街道|街道办事处|苏木|农场|林场|团场)$")


@dataclass(frozen=True, slots=True)
class Region:
    """What an address says of where it is; what is not known is ''. `street` is the rest."""

    province: str = ""
    city: str = ""
    district: str = ""
    street: str = ""
    code: str = ""
    doubts: tuple[str, ...] = ()


def split_region(address: str) -> Region:
    """Split province, city and district off: 广东深圳市福田区农园路66号, 四川省 成都市 …."""
    walk = Walk(tidy(address))
    walk.go()
    place, doubts = walk.place, tuple(walk.doubts)
    if place is None:
        return Region(district=walk.open_district, street=walk.rest, doubts=doubts)
    district = place.district or walk.open_district
    return Region(place.province, place.city, district, walk.rest, place.code, doubts)


def check_region(province: str, city: str, district: str) -> tuple[str, ...]:
    """What is unknown or does not belong together, as sentences; () when all is well (SOP 2.b).

    Former names, zones (工业园区) and, where the city has no districts, towns are well.
    """
    known = table()
    province, city, district = province.strip(), city.strip(), district.strip()
    if not province:
        return (_without_province(known, district or city),)
    top = next((d for d in known.named(province) if d.level == PROVINCE), None)
    if top is None:
        return (f"没有“{province}”这个省份，请核对。",)
    if top.code in ISLANDS:
        return ()
    return _check_below(known, top, city, district)


def _check_below(known: Table, top: Division, city: str, district: str) -> tuple[str, ...]:
    if not district and (top.code in MUNICIPALITIES or not city):
        return ("区县没有填。" if top.code in MUNICIPALITIES else "城市没有填。",)
    above = _city(known, top, city)
    if above is None:
        return (_stranger(known, top.name, city),)
    if _any_district(known, above, district) or known.named(district, above):
        return ()
    return (_stranger(known, above.name, district),)


def _city(known: Table, top: Division, city: str) -> Division | None:
    """The division that the city field names; the province itself where it names no other."""
    if city in ("", top.city) or LEVEL.fullmatch(city):
        return top
    found = known.named(city, top)
    return found[0] if found else top if ZONE.fullmatch(city) else None


def _any_district(known: Table, above: Division, district: str) -> bool:
    """Left empty, the city itself, a zone, or a town where no districts are listed."""
    if not district or district in ("其它区", "其他区", "市辖区", above.name):
        return True
    elsewhere = any(d.name == district and not d.now for d in known.named(district))
    if above.level == DISTRICT or not known.below.get(above.stem):
        return not elsewhere or bool(_TOWN.fullmatch(district))
    return bool(ZONE.fullmatch(district)) and not elsewhere


def _without_province(known: Table, name: str) -> str:
    """朝阳区 alone: it is in 北京 and in 长春."""
    there = [d for d in known.named(name) if d.level > PROVINCE] if name else []
    return f"省份没有填，“{name}”在{places(there)}。" if there else "省份没有填。"


def _stranger(known: Table, above: str, name: str) -> str:
    elsewhere = [d for d in known.named(name) if d.level > PROVINCE]
    hint = f"（{places(elsewhere)}有）" if elsewhere else ""
    return f"{above}没有“{name}”{hint}，请核对。"
