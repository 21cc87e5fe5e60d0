"""What a scanned barcode is: each kind has its prefix (screens: scanner facts). Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from core.words import Words
from warehouse.words import Command

LONGEST = 128


class Kind(Words):
    PARCEL = "parcel", "包裹"
    WAVE = "wave", "波次"
    BADGE = "badge", "工牌"
    COMMAND = "command", "指令"
    BOX = "box", "箱型"
    WEIGHT = "weight", "重量"
    OTHER = "other", "商品或运单"


@dataclass(frozen=True, slots=True)
class Code:
    """`value`: what stands behind the prefix; for a weight the grams."""

    kind: Kind
    value: str
    text: str


_COMMANDS = {word for member in Command for word in (f"CMD:{member.value}", member.value)}
_SHAPES: list[tuple[Kind, re.Pattern[str]]] = [
    (Kind.PARCEL, re.compile(r"(P\d{8,12})")),
    (Kind.WAVE, re.compile(r"(W\d{6,12})")),
    (Kind.BADGE, re.compile(r"U:([0-9A-Z-]{4,32})")),
    (Kind.BOX, re.compile(r"(BOX-[0-9A-Z]{1,11})")),
]
_GRAMS = re.compile(r"(?:WT:)?\+?(\d{1,7})\s*G?")
_KILOS = re.compile(r"(?:WT:)?\+?(\d{1,4}\.\d{1,3})\s*(?:KG)?|(?:WT:)?(\d{1,4})\s*KG")


def read(text: str, *, weighing: bool = False) -> Code:
    """Say what a code is. `weighing`: bare numbers are what a scale typed, grams or kilograms."""
    text = "".join(sign for sign in text.strip() if sign.isprintable())[:LONGEST]
    upper = text.upper()
    if upper in _COMMANDS:
        return Code(Kind.COMMAND, upper.removeprefix("CMD:"), text)
    for kind, shape in _SHAPES:
        if found := shape.fullmatch(upper):
            return Code(kind, found[1], text)
    if weighing and (grams := _grams(upper)) is not None:
        return Code(Kind.WEIGHT, str(grams), text)
    return Code(Kind.OTHER, text, text)


def _grams(text: str) -> int | None:
    """A scale types `1250`, `1250 g`, `1.25` or `1.25 kg`; before the comma it is kilograms."""
    if found := _GRAMS.fullmatch(text):
        return int(found[1])
    if found := _KILOS.fullmatch(text):
        whole, _, part = (found[1] or found[2]).partition(".")
        return int(whole) * 1000 + int(part.ljust(3, "0")[:3] or 0)
    return None
