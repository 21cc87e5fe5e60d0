"""Draw any paper, after asking whether the font has every character of it (failure mode 30)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from warehouse.printing.fonts import Face, lacking, with_getas
from warehouse.printing.labels import labels
from warehouse.printing.lists import hand_overs, pick_lists
from warehouse.printing.sheets import Sheet, rewritten, texts
from warehouse.printing.slips import slips
from warehouse.words import Paper

_DRAW: dict[Paper, Callable[[Any, Face], bytes]] = {
    Paper.LABEL: labels,
    Paper.SLIP: slips,
    Paper.PICK_LIST: pick_lists,
    Paper.HAND_OVER: hand_overs,
}


@dataclass(frozen=True, slots=True)
class Lack:
    """A text of a paper that the font cannot print; never the text itself."""

    label: str
    chars: str

    @property
    def codes(self) -> str:
        """How they are called where even the screen has no picture of them."""
        return " ".join(f"U+{ord(char):04X}" for char in self.chars)


def draw(paper: Paper, sheets: Sequence[Sheet], face: Face) -> bytes:
    """The PDF. What the font lacks is marked for the pen: ask `lacks` before."""
    ready = [rewritten(sheet, lambda text: with_getas(face, text)) for sheet in sheets]
    return _DRAW[paper](ready, face)


def lacks(sheet: Sheet, face: Face) -> list[Lack]:
    """Which characters of which text would stay empty."""
    found: dict[str, str] = {}
    for label, text in texts(sheet):
        if chars := lacking(face, text):
            found[label] = "".join(dict.fromkeys(found.get(label, "") + chars))
    return [Lack(label, chars) for label, chars in found.items()]
