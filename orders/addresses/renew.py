"""Renew the table of divisions from a newer list of the codes (`manage.py renew_divisions`).

Codes and names are facts published by the Ministry of Civil Affairs. A name that is no longer in
the new list goes to `former.csv`, so that addresses which still use it are understood.
"""

from __future__ import annotations

import csv
import io
import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from orders.addresses.divisions import CURRENT, FOLDER, FORMER, ISLANDS, names, table

FEWEST = {"省级": 31, "市级": 300, "县级": 2700}
_NO_DIVISION = re.compile(r"市辖区|市辖县|县|(?:省|自治区)直辖.*|.*的岛礁及其海域")
_CODE_COLUMNS = ("code", "adcode", "id", "代码", "行政区划代码")
_NAME_COLUMNS = ("name", "title", "名称", "单位名称")


class BadSource(Exception):
    """The source is not a whole list of divisions; nothing was changed."""


@dataclass(frozen=True, slots=True)
class Renewal:
    """What a renewal changes; `lost` are names whose successor nobody told."""

    current: dict[str, str]
    former: tuple[tuple[str, tuple[str, ...]], ...]
    added: tuple[str, ...]
    renamed: tuple[str, ...]
    lost: tuple[str, ...]


def read_source(text: str) -> dict[str, str]:
    """Codes and names out of JSON (`{code: name}`, rows, nested children) or CSV with a header."""
    pairs = _from_json(text) if text.lstrip()[:1] in "[{" else _from_csv(text)
    found = {code: name for raw, name in pairs if (code := _code(raw, name))}
    found |= {code: name for code, name in _islands().items() if code not in found}
    _check(found)
    return dict(sorted(found.items()))


def _from_json(text: str) -> Iterator[tuple[str, str]]:
    try:
        data = json.loads(text)
    except ValueError as error:
        raise BadSource(f"不是完整的 JSON：{error}。表没有改。") from error
    if isinstance(data, dict) and all(isinstance(value, str) for value in data.values()):
        yield from data.items()
    else:
        yield from _rows(data)


def _rows(data: Any) -> Iterator[tuple[str, str]]:
    """Objects with a code and a name, at any depth (the depth is bounded by JSON's own parser)."""
    waiting = [data]
    while waiting:
        item = waiting.pop()
        if isinstance(item, list):
            waiting += item
        elif isinstance(item, dict):
            code, name = _first(item, _CODE_COLUMNS), _first(item, _NAME_COLUMNS)
            if code and name:
                yield code, name
            waiting += [value for value in item.values() if isinstance(value, (list, dict))]


def _from_csv(text: str) -> Iterator[tuple[str, str]]:
    for row in csv.DictReader(io.StringIO(text)):
        yield _first(row, _CODE_COLUMNS), _first(row, _NAME_COLUMNS)


def _first(row: Mapping[str, Any], columns: Iterable[str]) -> str:
    return next((str(row[column]).strip() for column in columns if row.get(column)), "")


def _code(raw: str, name: str) -> str:
    """Six digits, whatever the source's width (2, 4, 6, 9 or 12); '' for what is no division."""
    if not re.fullmatch(r"\d{2}|\d{4}|\d{6}|\d{9}|\d{12}", raw) or _NO_DIVISION.fullmatch(name):
        return ""
    if raw[6:].strip("0"):
        return ""  # towns and villages
    code = raw[:6].ljust(6, "0")
    return code if code in ISLANDS or code[:2] < "70" else ""


def _islands() -> dict[str, str]:
    return {code: table().by_code[code].name for code in ISLANDS}


def _check(found: Mapping[str, str]) -> None:
    counts = {
        "省级": sum(code.endswith("0000") for code in found),
        "市级": sum(code.endswith("00") and not code.endswith("0000") for code in found),
        "县级": sum(not code.endswith("00") for code in found),
    }
    for level, fewest in FEWEST.items():
        if counts[level] < fewest:
            raise BadSource(
                f"来源里{level}只有 {counts[level]} 个，至少要 {fewest} 个，不完整。表没有改。"
            )
    orphan = next((code for code in found if f"{code[:2]}0000" not in found), "")
    if orphan:
        raise BadSource(f"{orphan} {found[orphan]}没有上级省份。表没有改。")


def compare(new: Mapping[str, str], became: Mapping[str, str]) -> Renewal:
    """What `new` changes; `became` tells by code which division took over from one that is gone."""
    old = {code: division.name for code, division in table().by_code.items()}
    heirs = {code: heir for code, name in old.items() if (heir := _heir(code, name, new, became))}
    gone = [code for code, name in old.items() if new.get(code) != name]
    former = [(name, tuple(heirs[c] for c in codes if c in heirs)) for name, codes in _former()]
    former += [(old[c], (heirs[c],)) for c in gone if c in heirs and new[heirs[c]] != old[c]]
    return Renewal(
        dict(new),
        tuple(
            (name, tuple(dict.fromkeys(codes))) for name, codes in dict.fromkeys(former) if codes
        ),
        tuple(f"{code} {name}" for code, name in new.items() if code not in old),
        tuple(f"{old[c]} → {new[heirs[c]]}" for c in gone if c in heirs),
        tuple(f"{code} {old[code]}" for code in gone if code not in heirs),
    )


def _heir(code: str, name: str, new: Mapping[str, str], became: Mapping[str, str]) -> str:
    """The code now: as told, the same one, or the only one in the province with that short name."""
    if became.get(code) in new:
        return became[code]
    if code in new:
        return code
    short = min(names(name), key=len)
    like = [c for c, n in new.items() if c[:2] == code[:2] and short in names(n)]
    return like[0] if len(like) == 1 else ""


def _former() -> list[tuple[str, list[str]]]:
    with FORMER.open(encoding="utf-8", newline="") as file:
        return [(name, codes.split(";")) for name, codes in list(csv.reader(file))[1:]]


def write(renewal: Renewal, folder: Path = FOLDER) -> None:
    """Both files, each replaced at once."""
    current = [
        (code, name, _parent(code, renewal.current)) for code, name in renewal.current.items()
    ]
    _replace(folder / CURRENT.name, ("code", "name", "parent"), current)
    former = sorted((codes[0], name, ";".join(codes)) for name, codes in renewal.former)
    _replace(folder / FORMER.name, ("name", "now"), [(name, codes) for _, name, codes in former])
    table.cache_clear()


def _parent(code: str, current: Mapping[str, str]) -> str:
    if code.endswith("0000"):
        return ""
    city = f"{code[:4]}00"
    return city if city in current and city != code else f"{code[:2]}0000"


def _replace(path: Path, header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
    fresh = path.with_suffix(".new")
    with fresh.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
    os.replace(fresh, path)
