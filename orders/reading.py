"""What was typed into the search box: which kinds of key it can be, best first (architecture §8).

Pure. The order of the readings is the order in which the selector asks its indexes; where several
are possible (a run of digits is a waybill or a platform's number) the page offers the others.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import zip_longest

from core.masking import mask_account, mask_name, mask_phone, scrub
from core.words import Words
from orders.addresses.phones import clean_phone

MAX_TEXT = 20_000
MAX_PIECES = 200
MAX_KEY = 100


class Kind(Words):
    ORDER_NO = "order_no", "订单号"
    PLATFORM_NO = "platform_no", "平台单号"
    MOBILE = "mobile", "手机号"
    MOBILE_MASKED = "mobile_masked", "带星号的手机号"
    LAST4 = "last4", "手机后 4 位"
    WAYBILL = "waybill", "运单号"
    QQ = "qq", "QQ"
    WANGWANG = "wangwang", "旺旺 / 账号"
    NAME = "name", "收货人"
    CONTAINS = "contains", "包含"
    SEVERAL = "several", "多个号码"


NUMBERS = frozenset({Kind.ORDER_NO, Kind.PLATFORM_NO, Kind.WAYBILL})
PERSONAL = frozenset(Kind) - NUMBERS
_SURE = NUMBERS | {Kind.MOBILE}

CUT = f"内容太长，只读了前 {MAX_TEXT} 个字。"
TOO_MANY = f"一次最多查 {MAX_PIECES} 个，后面的没有查，请分几次。"
RUINED = "这个号码被表格软件改坏了（后面几位成了 0），请从平台后台重新复制。"
ONE_SIGN = "“含”后面至少要两个字。"


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read the text: its kind and the cleaned key; `note` is for whoever typed it."""

    kind: Kind
    key: str
    pieces: tuple[Reading, ...] = ()
    note: str = ""
    way: int | None = None  # the one way of looking for it that was asked for (`choose`)

    @property
    def shown(self) -> str:
        """The key as it may be shown: personal ones masked."""
        if self.kind in (Kind.MOBILE, Kind.MOBILE_MASKED):
            return mask_phone(self.key)
        if self.kind is Kind.NAME:
            return mask_name(self.key)
        if self.kind is Kind.QQ or (self.kind is Kind.WANGWANG and "@" in self.key):
            return mask_account(self.key)
        return f"{len(self.pieces)} 个" if self.kind is Kind.SEVERAL else scrub(self.key)

    @property
    def said(self) -> str:
        """How it was read: 按手机号."""
        landline = self.kind is Kind.MOBILE and self.key.startswith("0")
        return "按电话" if landline else f"按{self.kind.label}"

    @property
    def personal(self) -> bool:
        """May the key not stand in an address or a log?"""
        return self.kind in PERSONAL


# What people write before a key; also the order in which several labelled keys are asked.
_LABELS = {
    Kind.PLATFORM_NO: "平台订单号 平台单号 订单编号 订单号 交易号 单号",
    Kind.WAYBILL: "快递单号 物流单号 运单编号 运单号 面单号",
    Kind.MOBILE: "收货人手机号 手机号码 手机号 手机 联系电话 电话号码 电话",
    Kind.QQ: "QQ号码 QQ号 QQ",
    Kind.WANGWANG: "买家会员名 会员名 买家昵称 旺旺号 旺旺ID 旺旺 买家账号 账号 昵称",
    Kind.NAME: "收货人姓名 收货人 收件人姓名 收件人 姓名",
    Kind.LAST4: "手机尾号 手机后四位 手机后4位 尾号 后四位 后4位 末四位",
}
_KIND_OF = {word.lower(): kind for kind, words in _LABELS.items() for word in words.split()}
_WORDS = "|".join(sorted(_KIND_OF, key=len, reverse=True))
_LABEL = re.compile(
    rf"({_WORDS})(?:[ \t]{{0,5}}[:=][ \t]*|[ \t]{{0,5}}[是为]|[ \t]+|(?<![Qq])(?=[+A-Za-z0-9*]))",
    re.IGNORECASE,
)
_GLUED = re.compile(r"(收货人|收件人|旺旺)([^\s:,]{2,20})")  # 收货人张三
_CONTAINS = re.compile(r"(?:包含|含)\s*[:\s]\s*")

_OURS = re.compile(r"(G\d{10,18})(?:-?[A-Z]{1,2}\d{0,4})?", re.IGNORECASE)
_OURS_BEGUN = re.compile(r"G\d{2,9}", re.IGNORECASE)
_MOBILE = re.compile(r"1[3-9]\d{9}(?:-\d{1,6})?")
_LANDLINE = re.compile(r"0\d{2,3}-\d{7,8}(?:-\d{1,6})?")
_MOBILE_MASKED = re.compile(r"(1\d{0,6})\*{2,9}(\d{2,4})")
_HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_NAME = re.compile(rf"[{_HAN}·*]{{2,20}}")
_RUINED = re.compile(r"\d(?:\.\d+)?E\+\d{2}", re.IGNORECASE)
_NUMBER_LIKE = re.compile(r"[A-Za-z0-9-]*\d[A-Za-z0-9-]*")
_QQ = re.compile(r"(\d{5,11})@qq\.com|qq(\d{5,11})", re.IGNORECASE)
_LATIN_NAME = re.compile(r"[A-Za-z][A-Za-z .'-]*")
_TOKEN = re.compile(r"(?<![A-Za-z0-9*-])[A-Za-z0-9*-]{6,40}(?![A-Za-z0-9*-])")

# Prefixes of carriers' waybills; ambiguous shapes only order the guesses.
_PREFIXED = re.compile(
    r"(?:SF|YT|YD|JT|JD[A-Z]{0,3}|DPK|DPL|STO|ZTO|UC|KYE?|GTO|[A-Z]{2}(?=\d{9}[A-Z]{2}$))"
    r"\d{8,18}(?:[A-Z]{2})?"
)
_JD_PARCEL = re.compile(r"(JD[A-Z]{0,3}\d{9,15})(?:-\d{1,4}){1,2}-?")
_BARE_WAYBILL = re.compile(
    r"7[3-9]\d{12,13}|4[36]\d{11,13}|[34]\d{14}|1[0-2]\d{11}|5[0-6]\d{11}|9[5-9]\d{11}|8[058]\d{16}|"
    r"621\d{12}"
)
_SEPARATORS = re.compile(r"[\s,、;|]+")


def read(text: str) -> tuple[Reading, ...]:
    """All readings of `text`, best first; () when there is nothing to look for (SOP 1.1.b)."""
    note = CUT if len(text) > MAX_TEXT else ""
    typed, cleaned = _printable(text[:MAX_TEXT]).strip(), clean(text[:MAX_TEXT])
    readings = dict.fromkeys(_readings(cleaned))
    if typed != cleaned and Reading(Kind.WANGWANG, cleaned) in readings:
        readings[Reading(Kind.WANGWANG, typed[:MAX_KEY])] = None  # accounts are kept as exported
    return tuple(replace(r, note=r.note or note) if note else r for r in readings)


def choose(readings: tuple[Reading, ...], wanted: str) -> tuple[Reading, ...]:
    """The reading asked for by its link (`name`, or `name-1` for one way of it) goes first."""
    kind, _, way = wanted.partition("-")
    first = tuple(reading for reading in readings if reading.kind == kind)
    if kind == Kind.CONTAINS and readings and not first:
        first = (Reading(Kind.CONTAINS, readings[0].key),)
    if first and way.isdecimal():
        first = (replace(first[0], way=int(way[:2])), *first[1:])
    return (*first, *(reading for reading in readings if reading.kind != kind))


def _printable(text: str) -> str:
    """Without NUL, lone surrogates and whatever else no database keeps or no eye sees."""
    return "".join(c for c in text if c in "\n\t" or unicodedata.category(c)[0] != "C")


def clean(text: str) -> str:
    """Full-width to half-width, invisible characters, `="…"` and quotes off."""
    text = unicodedata.normalize("NFKC", _printable(text))[:MAX_TEXT].translate(_SAME)
    return text.strip(" \t\r\n\"'“”‘’=,。;.:")


_SAME = str.maketrans(dict.fromkeys("—–‐‑−", "-") | {"。": " ", "！": " ", "？": " "})


def _readings(text: str) -> Iterator[Reading]:
    if not any(char.isalnum() for char in text):
        return
    if contains := _CONTAINS.match(text):
        yield from _contains(text[contains.end() :].strip())
    elif labelled := _labelled(text):
        yield from labelled
    elif several := _several(text):
        yield from several
    else:
        if glued := _GLUED.fullmatch(text):
            yield Reading(_KIND_OF[glued[1]], glued[2])
        yield from _one(text)


def _contains(key: str) -> Iterator[Reading]:
    if len(key) >= 2:
        yield Reading(Kind.CONTAINS, key[:MAX_KEY])
    elif key:
        yield from (replace(reading, note=ONE_SIGN) for reading in _one(key))


def _labelled(text: str) -> list[Reading]:
    """`订单号：123`, or several such fields of one order: numbers first, as they are the surest."""
    found = list(_LABEL.finditer(text))[:MAX_PIECES]
    groups: dict[Kind, list[Reading]] = {}
    for match, after in zip_longest(found, found[1:]):
        end = after.start() if after else len(text)
        kind, value = _KIND_OF[match[1].lower()], clean(text[match.end() : end])
        if any(char.isalnum() for char in value):
            groups.setdefault(kind, []).extend(_forced(kind, value))
    if len(groups) == 1 and len(found) > 1:
        return [_together([reading for group in groups.values() for reading in group])]
    return [reading for kind in _LABELS for reading in groups.get(kind, [])]


def _forced(kind: Kind, value: str) -> list[Reading]:
    """The user said what it is; several numbers behind one label are several."""
    if kind in (Kind.WANGWANG, Kind.NAME):
        return [Reading(kind, re.split(r"[\n,;]", value)[0].strip()[:MAX_KEY])]
    if kind in (Kind.MOBILE, Kind.LAST4):
        return _telephones(value)
    compact = re.sub(r"(?<=\d)[ \t]+(?=\d)", "", value) if len(value) <= 30 else value
    tokens = _TOKEN.findall(compact)[:MAX_PIECES]
    keys = [next(_numbers(token, kind)) for token in tokens] or [Reading(kind, value[:MAX_KEY])]
    return [_together(keys)] if len(keys) > 1 else keys


def _telephones(value: str) -> list[Reading]:
    """Behind 手机 or 尾号: the readings as a telephone; what is none is read as it looks."""
    readings = _several(value) or list(_one(value))
    wanted = (Kind.MOBILE, Kind.MOBILE_MASKED, Kind.LAST4, Kind.SEVERAL)
    return [reading for reading in readings if reading.kind in wanted] or readings


def _numbers(compact: str, kind: Kind) -> Iterator[Reading]:
    """A number of ours, else one of `kind`."""
    ours = _OURS.fullmatch(compact)
    if ours and kind is not Kind.QQ:
        yield Reading(Kind.ORDER_NO, ours[1].upper())
    elif kind is Kind.WAYBILL:
        yield Reading(kind, _waybill(compact))
    else:
        yield Reading(kind, compact, note=RUINED if _RUINED.fullmatch(compact) else "")


def _waybill(compact: str) -> str:
    """JD prints `JDVA…-1-1-` on each parcel; the waybill is what stands before."""
    upper = compact.upper()
    parcel = _JD_PARCEL.fullmatch(upper)
    return parcel[1] if parcel else upper


def _several(text: str) -> list[Reading]:
    """Several keys at once; but the groups of one number, or a name's words, are one.

    One number among words (`张三 138…`) is looked for by the number first.
    """
    parts = [part for part in _SEPARATORS.split(text) if part]
    if len(parts) < 2 or _is_one(text, parts):
        return []
    pieces = [best for part in parts[:MAX_PIECES] if (best := next(_one(clean(part)), None))]
    numbers = [piece for piece in pieces if piece.kind in _SURE]
    if len(numbers) == 1 and len(pieces) < 4:
        return sorted(pieces, key=lambda piece: piece is not numbers[0])
    if len(pieces) < 2:
        return pieces
    return [_together(pieces, TOO_MANY if len(parts) > MAX_PIECES else "")]


def _together(pieces: list[Reading], note: str = "") -> Reading:
    pieces = list(dict.fromkeys(pieces))
    if len(pieces) == 1:
        return pieces[0]
    return Reading(Kind.SEVERAL, " ".join(piece.key for piece in pieces), tuple(pieces), note)


def _is_one(text: str, parts: list[str]) -> bool:
    """`138 0013 8000`, `G26 1127 0042`, `张 三`, `John Smith`: blanks inside one key."""
    if re.search(r"[\n,、;|]", text):
        return False
    joined, longest = "".join(parts), max(map(len, parts))
    if _OURS.fullmatch(joined):
        return not any(map(_OURS.fullmatch, parts))
    if _is_waybill(joined) and longest < 7:
        return True
    if re.fullmatch(r"[\d*+()-]+", joined):
        return _MOBILE.fullmatch(clean_phone(joined)) is not None or longest < 6
    if _NAME.fullmatch(joined):
        return min(map(len, parts)) == 1
    return not any(char.isdigit() for char in joined) and joined.isascii()


def _is_waybill(joined: str) -> bool:
    return bool(_PREFIXED.fullmatch(joined.upper()) or _BARE_WAYBILL.fullmatch(joined))


def _one(text: str) -> Iterator[Reading]:
    """One key: by its shape the likeliest kind, then the others that it can be."""
    text = text[:MAX_KEY]
    compact = re.sub(r"\s+", "", text)
    if not any(char.isalnum() for char in compact):
        return
    if _OURS.fullmatch(compact):
        yield from _numbers(compact, Kind.ORDER_NO)
    elif _OURS.fullmatch(undashed := compact.replace("-", "")):
        yield from _numbers(undashed, Kind.ORDER_NO)
    elif not compact.isascii():
        yield from _chinese(text, compact)
    else:
        yield from _ascii(text, compact)


def _chinese(text: str, compact: str) -> Iterator[Reading]:
    """Names up to four characters (or with ·), then Wangwang; a number inside a sentence first."""
    if _MOBILE.fullmatch(phone := clean_phone(compact)):
        yield Reading(Kind.MOBILE, phone)
        return
    for token in _TOKEN.findall(compact):
        surest = next(_one(token), None)
        if surest and surest.kind in _SURE and sum(map(str.isdigit, token)) >= 10:
            yield surest
    named = len(compact) == 1 or _NAME.fullmatch(compact) is not None
    likely = named and (len(compact) <= 4 or "·" in compact or "*" in compact)
    if likely:
        yield Reading(Kind.NAME, compact)
    yield Reading(Kind.WANGWANG, text)
    if not likely:  # also 薛先生langer: a name is whatever the buyer typed
        yield Reading(Kind.NAME, compact if named else text)


def _ascii(text: str, compact: str) -> Iterator[Reading]:
    phone = clean_phone(compact)
    if _MOBILE.fullmatch(phone) or _LANDLINE.fullmatch(phone):
        yield Reading(Kind.MOBILE, phone)
        if compact != phone:
            return
    if _MOBILE_MASKED.fullmatch(compact):
        yield Reading(Kind.MOBILE_MASKED, compact)
    elif compact.isdigit():
        yield from _digits(compact)
    elif not _MOBILE.fullmatch(phone):
        yield from _letters(text, compact)


def _digits(digits: str) -> Iterator[Reading]:
    size = len(digits)
    if size == 4:
        yield Reading(Kind.LAST4, digits)
    platform, waybill = Reading(Kind.PLATFORM_NO, digits), Reading(Kind.WAYBILL, digits)
    if 5 <= size <= 11:
        yield Reading(Kind.QQ, digits)
    if 12 <= size <= 15 and (size > 13 or _BARE_WAYBILL.fullmatch(digits)):
        yield waybill
    yield platform
    if size >= 10:
        yield waybill


def _letters(text: str, compact: str) -> Iterator[Reading]:
    """Letters with digits: a waybill by its prefix, a platform's number by its look, an account."""
    upper = compact.upper()
    if _RUINED.fullmatch(compact):
        yield Reading(Kind.PLATFORM_NO, compact, note=RUINED)
        return
    if _OURS_BEGUN.fullmatch(compact):
        yield Reading(Kind.ORDER_NO, upper)
    if _JD_PARCEL.fullmatch(upper) or _PREFIXED.fullmatch(upper):
        yield Reading(Kind.WAYBILL, _waybill(compact))
    if qq := _QQ.fullmatch(compact):
        yield Reading(Kind.QQ, qq[1] or qq[2])
    number = len(compact) >= 6 and _NUMBER_LIKE.fullmatch(compact) is not None
    numbers = (Reading(Kind.PLATFORM_NO, compact), Reading(Kind.WAYBILL, _waybill(compact)))
    official = number and compact == upper
    if official:
        yield from numbers
    if any(char.isalpha() for char in compact) or not number:
        yield Reading(Kind.WANGWANG, text)
    if number and not official:
        yield from numbers
    if _LATIN_NAME.fullmatch(text):
        yield Reading(Kind.NAME, text)
