"""One cell: take the wrappers off, and read it as a number, an amount, a moment."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from functools import lru_cache

from core.money import CENT, ZERO, yuan

CHINA = timezone(timedelta(hours=8), "Asia/Shanghai")  # exports are younger than its last DST
TOP_AMOUNT = Decimal("9999999999.99")
TOP_COUNT = 1_000_000

_EDGES = " \t\r\n\v\f\u00a0\u3000\ufeff\u200b\u200c\u200d\u200e\u200f\u202a\u202c\u2060"
_BEFORE = _EDGES + "'’"
_FIRST = frozenset(_BEFORE + "=")
_LAST = frozenset(_EDGES)


def clean(text: str) -> str:
    """Without blanks, tabs and apostrophes around it, without `="…"`; idempotent."""
    while text and (text[0] in _FIRST or text[-1] in _LAST):
        before = text
        if text.startswith('="') and text[-1] == '"' and len(text) > 2:
            text = text[2:-1].replace('""', '"')
        else:
            text = text.rstrip(_EDGES).lstrip(_BEFORE)
        if text in ("=", '="'):
            return ""
        if text == before:
            break
    return text


def plain(header: str) -> str:
    """A header as it is compared: no blanks, half-width, lower case."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", clean(header))).lower()


# -- order numbers -------------------------------------------------------------------------

_RUINED = re.compile(r"\d(?:\.\d+)?E\+?\d+", re.IGNORECASE)
_NUMBER = re.compile(r"[0-9A-Za-z][0-9A-Za-z_\-./#]{0,63}")
_FLOATED = re.compile(r"(\d{1,15})\.0+")
RUINED = (
    "单号被表格软件改成了科学计数法，后面几位已经丢失，无法还原。"
    "请从平台重新导出，不要用表格软件打开后另存。"
)


def is_ruined(text: str) -> bool:
    """Has a spreadsheet made `3.51531E+16` of it?"""
    return ("E" in text or "e" in text) and _RUINED.fullmatch(text) is not None


def order_number(text: str) -> str:
    """The order number; raises ValueError with the reason."""
    if not text:
        raise ValueError("没有订单号。请在平台重新导出，或补上订单号后再传。")
    if is_ruined(text):
        raise ValueError(RUINED)
    if _NUMBER.fullmatch(text) and text.isascii():
        floated = _FLOATED.fullmatch(text)
        return floated[1] if floated else text
    plain = unicodedata.normalize("NFKC", text)
    if plain != text:
        return order_number(plain)
    raise ValueError("订单号里有不该有的字符，或者超过 64 位，请核对这一格。")


# -- amounts and counts ----------------------------------------------------------------------

_AMOUNT = re.compile(
    r"(?:(?:CNY|RMB)\s*)?[¥￥]?\s*([+-]?)\s*[¥￥]?(\d{1,3}(?:,\d{3})+|\d+)?(\.\d+)?\s*元?"
)
_ORDINARY = re.compile(r"[0-9]{1,10}\.[0-9]{2}")
_BAD_AMOUNT = "金额认不出，请填数字，例如 1,234.50。"


@lru_cache(maxsize=16384)
def amount(text: str) -> Decimal:
    """Yuan of `1,234.50`, `88.00元`, `￥88`; '' is 0. Raises ValueError with the reason."""
    if not text:
        return ZERO
    if _ORDINARY.fullmatch(text):
        return Decimal(text)
    match = _AMOUNT.fullmatch(text) or _AMOUNT.fullmatch(unicodedata.normalize("NFKC", text))
    if match is None or not (match[2] or match[3]):
        raise ValueError(_BAD_AMOUNT)
    exact = Decimal(f"{match[1]}{(match[2] or '0').replace(',', '')}{match[3] or ''}")
    if abs(exact) > TOP_AMOUNT:
        raise ValueError("金额太大，请核对。")
    rounded = yuan(exact)
    if abs(rounded - exact) > CENT / 20:  # more is no noise of a spreadsheet's binary fractions
        raise ValueError("金额多于两位小数，请核对。")
    return rounded


_COUNT = re.compile(r"(\d{1,9})(?:\.0+)?\s*[件个只双套包盒条瓶台份箱]?")


@lru_cache(maxsize=1024)
def count(text: str) -> int:
    """A number of pieces, at least 1. Raises ValueError with the reason."""
    match = _COUNT.fullmatch(unicodedata.normalize("NFKC", text).replace(",", ""))
    found = int(match[1]) if match else 0
    if not 1 <= found <= TOP_COUNT:
        raise ValueError("数量要填大于 0 的整数。")
    return found


# -- moments -----------------------------------------------------------------------------------

_MOMENT = re.compile(
    r"(\d{4})\s?[-/.年]\s?(\d{1,2})\s?[-/.月]\s?(\d{1,2})日?"
    r"(?:[T\s]+(\d{1,2})[:：时](\d{1,2})(?:[:：分](\d{1,2})(?:\.\d+)?秒?)?分?)?"
)
_COMPACT = re.compile(r"(20\d{2})(\d{2})(\d{2})(?:(\d{2})(\d{2})(\d{2})?)?")
_SERIAL = re.compile(r"(\d{5})(\.\d+)?")
_NEVER = frozenset({"0", "0000-00-00", "0000-00-00 00:00:00"})
_SERIAL_ZERO = datetime(1899, 12, 30, tzinfo=CHINA)
_BAD_MOMENT = "时间认不出，请写成 2026-09-10 08:00:00 这样。"
_ODD_MOMENT = "时间不在 2000 年到 2099 年之间，请核对。"


def moment(text: str) -> datetime | None:
    """The moment in China; None when there is none. Raises ValueError with the reason."""
    if not text:
        return None
    if len(text) == 19 and text[4] == "-" and text[10] == " " and text.isascii():
        try:
            return _plausible(datetime.fromisoformat(text).replace(tzinfo=CHINA))
        except ValueError:
            pass
    return _moment_slowly(text)


def _moment_slowly(text: str) -> datetime | None:
    text = unicodedata.normalize("NFKC", text)
    if text in _NEVER:
        return None
    serial = _SERIAL.fullmatch(text)
    if serial:
        return _plausible(from_serial(float(text)))
    match = _MOMENT.fullmatch(text) or _COMPACT.fullmatch(text)
    if match is None:
        raise ValueError(_BAD_MOMENT)
    parts = [int(part or 0) for part in match.groups()]
    try:
        found = datetime(*parts, tzinfo=CHINA)  # type: ignore[misc, arg-type]
    except ValueError:
        raise ValueError("没有这个日期或时间，请核对。") from None
    return _plausible(found)


def from_serial(days: float) -> datetime:
    """A spreadsheet's day number, to the second."""
    return _SERIAL_ZERO + timedelta(seconds=round(days * 86400))


def _plausible(found: datetime) -> datetime:
    if not 2000 <= found.year <= 2099:
        raise ValueError(_ODD_MOMENT)
    return found
