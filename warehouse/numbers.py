"""Waybill numbers as somebody types or pastes them: one a line, or from–to (SOP 2.g). Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

MOST = 20_000  # of one upload
_NUMBER = re.compile(r"[A-Z0-9-]{8,32}")
_RANGE = re.compile(r"([A-Z]{0,6})(\d{4,20})\s*(?:-{1,2}|~|至|到|—)\s*([A-Z]{0,6})(\d{4,20})")
# What each carrier's numbers look like today. Carriers change them, so this only warns.
_USUAL = {
    "SF": re.compile(r"SF\d{13}|\d{12}"),
    "YTO": re.compile(r"(YT|CC)?\d{13}|\d{12}|[A-Z]\d{9,11}"),
    "ZTO": re.compile(r"7\d{13}|\d{12}"),
    "STO": re.compile(r"77\d{13}|\d{12,13}"),
    "YD": re.compile(r"\d{13,15}"),
    "EMS": re.compile(r"[A-Z]{2}\d{9}[A-Z]{2}|1\d{12}"),
    "JTSD": re.compile(r"JT\d{13}|UT\d{13}"),
    "JD": re.compile(r"JD[A-Z0-9]{11,15}"),
    "DBL": re.compile(r"DPK\d{12}|\d{8,10}"),
}


@dataclass(frozen=True, slots=True)
class Read:
    """The numbers in their order, each once, and what could not be read, by line."""

    numbers: tuple[str, ...]
    faults: tuple[tuple[int, str], ...]
    odd: int = 0  # numbers that do not look like this carrier's


def read(text: str, carrier: str) -> Read:
    """Read a list; a line may hold several numbers between commas or blanks, or a range."""
    found: dict[str, None] = {}
    faults: list[tuple[int, str]] = []
    for at, line in enumerate(text.upper().splitlines(), 1):
        line = line.strip(" \t,;，；\ufeff\"'")
        if not line:
            continue
        numbers = _range(line) or re.split(r"[\s,;，；]+", line)
        wrong = next((number for number in numbers if not _NUMBER.fullmatch(number)), "")
        if wrong:
            faults.append((at, f"“{wrong[:20]}”不像运单号：要 8 到 32 位字母数字"))
        elif len(found) + len(numbers) > MOST:
            return Read((), ((at, f"一次最多 {MOST} 个，请分几次。"),))
        else:
            found |= dict.fromkeys(numbers)
    return Read(tuple(found), tuple(faults), sum(1 for n in found if odd(n, carrier)))


def _range(line: str) -> list[str]:
    """YT0001-YT0500 as its numbers; nothing when it is no range."""
    match = _RANGE.fullmatch(line)
    if match is None:
        return []
    head, first, other, last = match.groups()
    same = (other or head) == head and len(first) == len(last)
    count = int(last) - int(first) + 1
    if not same or not 0 < count <= MOST + 1:
        return []
    return [f"{head}{number:0{len(first)}d}" for number in range(int(first), int(last) + 1)]


def odd(number: str, carrier: str) -> bool:
    """Does it not look like this carrier's? A reason to look twice, never to refuse."""
    usual = _USUAL.get(carrier)
    return usual is not None and not usual.fullmatch(number)
