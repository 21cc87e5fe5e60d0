"""The Chinese font that goes into every PDF, and which characters it lacks (SOP 2.c)."""

from __future__ import annotations

import re
from collections.abc import Container
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from unicodedata import category, normalize

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFError, TTFont

# Where the usual ones lie. TrueType only: reportlab reads no CFF (Noto CJK, PingFang).
PLACES = (
    "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
    "/usr/share/fonts/wqy-microhei/wqy-microhei.ttc",
    "/usr/share/fonts/wenquanyi/wqy-microhei/wqy-microhei.ttc",
    "/usr/share/fonts/truetype/arphic/uming.ttc",
    "/Library/Fonts/Arial Unicode.ttf",
    "/System/Library/Fonts/Supplemental/Arial Unicode.ttf",
    "C:/Windows/Fonts/msyh.ttc",
    "C:/Windows/Fonts/simhei.ttf",
)
HOW = (
    "请安装 fonts-wqy-microhei（apt-get install fonts-wqy-microhei），"
    "或者把一个 TrueType 中文字体的路径写进环境变量 GENDAN_FONT"
    " (install fonts-wqy-microhei, or set GENDAN_FONT to a TrueType font with Chinese)。"
)
TRUETYPE = (b"ttcf", b"\x00\x01\x00\x00", b"true")
GETA = "〓"  # what printers have always put where they lacked a type


class NoFont(Exception):
    """There is no font to print Chinese with; says what to do, in Chinese and English."""


@dataclass(frozen=True, slots=True)
class Face:
    """A font that reportlab knows under `name`; `glyphs` are the characters that it has."""

    name: str
    glyphs: Container[int] = field(repr=False)


def find(wanted: str) -> str:
    """The path of the font: the one that is wanted (`path` or `path#number`), else a usual one.

    Raises NoFont.
    """
    if wanted:
        _check(Path(wanted.partition("#")[0]))
        return wanted
    for place in PLACES:
        if Path(place).is_file():
            return place
    raise NoFont(f"没有可以打印中文的字体 (no font to print Chinese with)。{HOW}")


def _check(path: Path) -> None:
    """Raises NoFont for what is no TrueType file; cheap, so that every start can ask."""
    try:
        with path.open("rb") as file:
            begin = file.read(4)
    except OSError as error:
        raise NoFont(
            f"字体读不到 (font cannot be read)：{path}（{error.strerror}）。{HOW}"
        ) from None
    if begin not in TRUETYPE:
        raise NoFont(f"这不是 TrueType 字体 (not a TrueType font)：{path}。{HOW}")


@lru_cache(maxsize=4)
def load(place: str) -> Face:
    """Read the font; once in a process, since it takes a tenth of a second. Raises NoFont."""
    path, _, number = place.partition("#")
    name = f"Gendan{abs(hash(place)) % 10**8}"
    try:
        font = TTFont(name, path, subfontIndex=int(number) if number.isdecimal() else 0)
    except (OSError, TTFError) as error:
        raise NoFont(f"字体用不了 (font cannot be used)：{path}（{error}）。{HOW}") from error
    pdfmetrics.registerFont(font)
    return Face(name, frozenset(font.face.charToGlyph))


# Which of several forms of a character is meant: the usual form is as good.
_SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")


def clean(text: str) -> str:
    """The text as it is printed: composed, on one line, without what nobody can see."""
    text = _SELECTORS.sub("", text)
    if not text.isprintable():  # zero-width marks, control characters: nothing of a name is lost
        text = "".join(c for c in re.sub(r"\s", " ", text) if category(c) not in ("Cc", "Cf"))
    return normalize("NFC", text).strip()


def lacking(face: Face, text: str) -> str:
    """The characters that would be printed as nothing, each once."""
    return "".join(dict.fromkeys(c for c in clean(text) if ord(c) not in face.glyphs))


def with_getas(face: Face, text: str) -> str:
    """The text with a mark where a character is lacking, so that somebody writes it by hand."""
    mark = GETA if ord(GETA) in face.glyphs else "?"
    return "".join(c if ord(c) in face.glyphs else mark for c in clean(text))


@lru_cache(maxsize=20_000)
def width_of(name: str, char: str) -> float:
    """The width of one character at size 1."""
    width: float = pdfmetrics.stringWidth(char, name, 1)
    return width


def width(face: Face, text: str, size: float) -> float:
    """The width of a text in points."""
    return size * sum(width_of(face.name, char) for char in text)
