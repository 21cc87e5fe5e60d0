"""The table of China's administrative divisions, and every way in which an address writes them.

`divisions.csv` (code, name, parent) is in force; `former.csv` (name, codes now) holds names that
are still written though the division was renamed or merged. `manage.py renew_divisions` renews
both.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent
CURRENT, FORMER = FOLDER / "divisions.csv", FOLDER / "former.csv"

PROVINCE, CITY, DISTRICT = 1, 2, 3
MUNICIPALITIES = frozenset({"110000", "120000", "310000", "500000"})
ISLANDS = frozenset({"710000", "810000", "820000"})  # the table lists nothing below them
_OWN_CITY = MUNICIPALITIES | {"810000", "820000"}

_PEOPLES = (
    "壮族|回族|维吾尔|藏族|彝族|苗族|侗族|布依族|土家族|哈尼族|傣族|白族|景颇族|傈僳族|蒙古族?|朝鲜族|"
    "羌族|哈萨克族?|柯尔克孜|瑶族|满族|畲族|黎族|土族|撒拉族|东乡族|保安族|裕固族|仫佬族|毛南族|各族|"
    "独龙族|怒族|普米族|纳西族|佤族|拉祜族|布朗族|达斡尔族|锡伯|塔吉克|仡佬族|水族|鄂温克族|鄂伦春"
)
_KINDS = "特别行政区|自治区|自治州|自治县|自治旗|地区|林区|新区|特区|省|市|盟|县|区|旗"
_TAIL = re.compile(rf"(?:{_PEOPLES})*(?:{_KINDS})$")


@dataclass(frozen=True, slots=True)
class Division:
    """One division with its full names; `now` are the names that replaced a former one."""

    code: str
    name: str
    level: int
    province: str
    city: str = ""
    district: str = ""
    now: tuple[str, ...] = ()

    @property
    def stem(self) -> str:
        """What the codes of all divisions below this one begin with."""
        return self.code[: 2 * self.level]

    def within(self, above: Division | None) -> bool:
        return above is None or (self.level > above.level and self.code.startswith(above.stem))


@dataclass(frozen=True, slots=True)
class Written:
    """One way to write a division; `short` leaves its kind off: 深圳, 和林格尔."""

    division: Division
    short: bool


@dataclass(frozen=True, slots=True)
class Table:
    """All divisions by code, by the ways to write them, and what stands below a code's stem."""

    by_code: dict[str, Division]
    written: dict[str, tuple[Written, ...]]
    longest: dict[str, int]
    below: dict[str, tuple[Division, ...]]

    def named(self, name: str, above: Division | None = None) -> list[Division]:
        """Divisions written exactly so below `above`; those in force before former ones."""
        found = [w.division for w in self.written.get(name, ()) if w.division.within(above)]
        return [d for d in found if not d.now] or found


@cache
def table() -> Table:
    """The table, read once."""
    current = list(_current(_rows(CURRENT)))
    by_code = {division.code: division for division in current}
    written: dict[str, list[Written]] = {}
    for division in current:
        for name in names(division.name):
            written.setdefault(name, []).append(Written(division, name != division.name))
    in_force = set(written)
    for division in _former(_rows(FORMER), by_code):
        for name in names(division.name):
            if name == division.name or name not in in_force:
                written.setdefault(name, []).append(Written(division, name != division.name))
    return Table(
        by_code, {k: tuple(v) for k, v in written.items()}, _longest(written), _below(current)
    )


def _rows(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))[1:]


def _current(rows: Iterable[list[str]]) -> Iterator[Division]:
    """A municipality is its own city; a county right under a province is a city of its own."""
    names_of = {code: name for code, name, _ in rows}
    for code, name, parent in rows:
        province = names_of[f"{code[:2]}0000"]
        if code.endswith("0000"):
            yield Division(code, name, PROVINCE, name, name if code in _OWN_CITY else "")
        elif code.endswith("00"):
            yield Division(code, name, CITY, province, name)
        elif parent.endswith("0000") and parent not in MUNICIPALITIES:
            yield Division(code, name, DISTRICT, province, name)
        else:
            yield Division(code, name, DISTRICT, province, names_of[parent], name)


def _former(rows: Iterable[list[str]], by_code: dict[str, Division]) -> Iterator[Division]:
    """A former name stands where the division that took its place stands."""
    for name, codes in rows:
        heirs = [by_code[code] for code in codes.split(";") if code in by_code]
        if not heirs:
            continue
        first, now = heirs[0], tuple(heir.name for heir in heirs)
        district = name if first.level == DISTRICT else ""
        yield Division(first.code, name, first.level, first.province, first.city, district, now)


def names(full: str) -> tuple[str, ...]:
    """How a division is written: 广西壮族自治区, 凉山州, 石柱县; never one character alone."""
    short = _TAIL.sub("", full)
    if len(short) < 2:
        return (full,)
    ways = [full, short]
    if full.endswith("自治州"):
        ways.append(f"{short}州")
    elif full.endswith("自治区"):
        ways.append(f"{short}省")
    elif full[-1] in "县区旗":
        ways.append(short + full[-1])
    return tuple(dict.fromkeys(ways))


def _longest(written: Iterable[str]) -> dict[str, int]:
    """By its first two characters, the length of the longest name: most texts end here."""
    sizes: dict[str, int] = {}
    for name in written:
        sizes[name[:2]] = max(len(name), sizes.get(name[:2], 0))
    return sizes


def _below(current: Iterable[Division]) -> dict[str, tuple[Division, ...]]:
    """The districts of each province and city, by the stem of its code."""
    below: dict[str, list[Division]] = {}
    for division in current:
        if division.level == DISTRICT:
            for size in (2, 4):
                below.setdefault(division.code[:size], []).append(division)
    return {stem: tuple(divisions) for stem, divisions in below.items()}
