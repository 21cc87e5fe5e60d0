"""Bars of Code 128 and squares of QR, for the PDF and the HTML view alike (SOP 2.c)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from reportlab.graphics.barcode.code128 import Code128
from reportlab.graphics.barcode.qrencoder import QRCode, QRErrorCorrectLevel

QUIET = 10  # modules that stay white on either side, or readers miss the code
LONGEST = 48


class Unencodable(ValueError):
    """No barcode can say this: empty, too long, or with characters outside ASCII."""


@dataclass(frozen=True, slots=True)
class Bars:
    """Black bars as (place, width) in modules; `width` with the white on either side."""

    text: str
    bars: tuple[tuple[int, int], ...]
    width: int

    @property
    def path(self) -> str:
        """As the path of an SVG, one unit a module and 1 high."""
        return "".join(f"M{x} 0h{w}v1h-{w}z" for x, w in self.bars)


def encodable(text: str) -> bool:
    """Can a barcode say it? The encoder itself leaves out what it does not know."""
    return 0 < len(text) <= LONGEST and all(" " <= char <= "~" for char in text)


@lru_cache(maxsize=2000)
def code128(text: str) -> Bars:
    """Raises Unencodable."""
    if not encodable(text):
        raise Unencodable(text)
    code: Any = Code128(text)
    code.validate()
    code.encode()
    code.decompose()
    bars, at = [], QUIET
    for letter in code.decomposed:  # A to D: so many modules black; a to d: white
        wide = ord(letter.lower()) - ord("a") + 1
        if letter.isupper():
            bars.append((at, wide))
        at += wide
    return Bars(text, tuple(bars), at + QUIET)


@lru_cache(maxsize=500)
def qr(text: str) -> tuple[int, tuple[tuple[int, int], ...]]:
    """How many modules a side has, and the places (column, row) of the black ones."""
    code: Any = QRCode(None, QRErrorCorrectLevel.M)
    code.addData(text)
    code.make()
    side = code.getModuleCount()
    black = ((c, r) for r in range(side) for c in range(side) if code.isDark(r, c))
    return side, tuple(black)
