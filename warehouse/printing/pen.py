"""A pen for pages in millimetres from the top left, with text that always finds its room."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from warehouse.printing.bars import QUIET, code128, qr
from warehouse.printing.fonts import Face, clean, width

LEADING = 1.22  # of the size
SMALLEST = 4.0  # points; what does not fit then is wrapped on, never cut
DOT = 25.4 / 203  # mm: bars are whole dots of a label printer, or their edges blur
WIDEST_DOTS, NARROWEST_DOTS = 4, 2


class Pen:
    """Draws pages of one size into one PDF."""

    def __init__(self, size: tuple[float, float], face: Face, title: str) -> None:
        self.size, self.face = size, face
        self.canvas: Any = Canvas(
            io.BytesIO(), pagesize=(size[0] * mm, size[1] * mm), pageCompression=1
        )
        self.canvas.setTitle(title)
        self.canvas.setCreator("Gendan")
        self.canvas.setAuthor("")

    def _y(self, y: float) -> float:
        return (self.size[1] - y) * mm

    def text(
        self, x: float, y: float, text: str, size: float, *, align: str = "", bold: bool = False
    ) -> None:
        """One line whose base stands at y; `align`: right or centre of x."""
        text = clean(text)
        self.canvas.setFont(self.face.name, size)
        wide = width(self.face, text, size)
        left = x * mm - {"right": wide, "centre": wide / 2}.get(align, 0)
        self.canvas.drawString(left, self._y(y), text)
        if bold:
            self.canvas.drawString(left + size / 45, self._y(y), text)

    def fitted(
        self, x: float, y: float, text: str, size: float, room: float, *, align: str = ""
    ) -> None:
        """One line, as small as `room` (mm) wants it."""
        wide = width(self.face, clean(text), size)
        self.text(x, y, text, size * min(1, room * mm / wide) if wide else size, align=align)

    def block(self, x: float, y: float, text: str, size: float, room: tuple[float, float]) -> float:
        """Lines from y downward in `room` (mm), smaller where it is much; the y of its end."""
        lines, size = self.lines(text, size, room)
        self.canvas.setFont(self.face.name, size)
        step = size * LEADING / mm
        for number, line in enumerate(lines, 1):
            self.canvas.drawString(x * mm, self._y(y + number * step - step * 0.22), line)
        return y + len(lines) * step

    def lines(self, text: str, size: float, room: tuple[float, float]) -> tuple[list[str], float]:
        """The text in lines, at the largest size up to `size` at which all of it has room."""
        paragraphs = [clean(part) for part in text.split("\n")]
        while True:
            lines = [line for part in paragraphs for line in self._wrapped(part, size, room[0])]
            if len(lines) * size * LEADING <= room[1] * mm or size <= SMALLEST:
                return lines, size
            size = max(size - 0.5, SMALLEST)

    def _wrapped(self, text: str, size: float, room: float) -> Iterator[str]:
        """Chinese breaks anywhere; a number or Latin word shorter than a line does not."""
        line, wide, most = "", 0.0, room * mm
        for word in _words(text):
            more = width(self.face, word, size)
            if line and wide + more > most:
                yield line.rstrip()
                line, wide = "", 0.0
            if more > most:
                for char in word:
                    step = width(self.face, char, size)
                    if line and wide + step > most:
                        yield line
                        line, wide = "", 0.0
                    line, wide = line + char, wide + step
            elif line or word != " ":
                line, wide = line + word, wide + more
        if line:
            yield line

    def barcode(
        self, x: float, y: float, text: str, room: tuple[float, float], *, size: float = 0
    ) -> None:
        """Code 128 in the middle of `room` (mm); its text below at `size`. Raises Unencodable."""
        code = code128(text)
        dots = max(NARROWEST_DOTS, min(WIDEST_DOTS, int(room[0] / code.width / DOT)))
        module = min(dots * DOT, room[0] / (code.width - 2 * QUIET)) * mm
        left = x * mm + (room[0] * mm - code.width * module) / 2
        path = self.canvas.beginPath()
        for at, wide in code.bars:
            path.rect(left + at * module, self._y(y + room[1]), wide * module, room[1] * mm)
        self.canvas.drawPath(path, stroke=0, fill=1)
        if size:
            below = y + room[1] + size * LEADING / mm
            self.fitted(x + room[0] / 2, below, text, size, room[0], align="centre")

    def qr(self, x: float, y: float, text: str, side: float) -> None:
        """A QR code; `side` in mm with its white edge."""
        count, black = qr(text)
        module = side * mm / (count + 8)
        top, path = self._y(y) - 4 * module, self.canvas.beginPath()
        for column, row in black:
            path.rect(x * mm + (column + 4) * module, top - (row + 1) * module, module, module)
        self.canvas.drawPath(path, stroke=0, fill=1)

    def line(self, x: float, y: float, to: float, *, thick: float = 0.6) -> None:
        """Across, in points."""
        self.canvas.setLineWidth(thick)
        self.canvas.line(x * mm, self._y(y), to * mm, self._y(y))

    def box(self, x: float, y: float, wide: float, high: float, *, thick: float = 0.6) -> None:
        self.canvas.setLineWidth(thick)
        self.canvas.rect(x * mm, self._y(y + high), wide * mm, high * mm)

    def page(self) -> None:
        """The page is done."""
        self.canvas.showPage()

    def done(self) -> bytes:
        data: bytes = self.canvas.getpdfdata()
        return data


def _words(text: str) -> Iterator[str]:
    """Runs of ASCII letters and digits, every other character alone."""
    word = ""
    for char in text:
        if char.isascii() and not char.isspace():
            word += char
            continue
        if word:
            yield word
            word = ""
        yield char
    if word:
        yield word
