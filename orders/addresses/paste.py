"""Split “name telephone address”, as it is pasted from a chat, into fields (SOP 1.1.a).

Nothing is saved from it without a person's confirmation, so what is uncertain is said in `doubts`
and what fits no field stays in `leftovers`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from orders.addresses.halfwidth import half_width
from orders.addresses.phones import clean_phone
from orders.addresses.regions import Region, split_region

LONGEST = 2000
_GAP = "\n"

_COUNTRY = r"(?:(?:\+|00)?86[-\s]{0,2})?"
_UNIT = r"[号室楼栋幢座单元弄层户\-A-Za-z\d]"  # after digits: part of an address, no number
_MOBILE = re.compile(
    rf"(?<![\d*]){_COUNTRY}(1[3-9]\d[-\s]?\d{{4}}[-\s]?\d{{4}}"
    rf"(?:\s?(?:-|转|#|分机)\s?\d{{2,6}}(?!{_UNIT}))?)(?!\d)"
)
_BURIED = re.compile(r"(?<!\d)\d{1,5}?(1[3-9]\d{9})(?!\d)")  # 三单元301 15800001123 without a blank
_MASKED = re.compile(r"(?<!\d)1\d{0,3}\*{2,8}\d{2,4}(?!\d)")
_LANDLINE = re.compile(
    r"(?<!\d)(\(?0\d{2,3}\)?[-\s]?\d{7,8}(?:[-转]\d{1,6})?|[48]00-?\d{3,4}-?\d{3,4})(?!\d)"
)
_ZIP = re.compile(rf"(?<![\d\-A-Za-z*])\(?(\d{{6}})\)?(?!{_UNIT})")
_ID_CARD = re.compile(r"(?:身份证号?码?\s*[:：]?\s*)?(?<!\d)\d{17}[\dXx](?!\d)")
_LABEL = re.compile(
    r"(收货人姓名|收货人|收件人|姓名|联系人|手机号码|手机号|联系电话|手机|电话号码|电话|所在地区|所在地|"
    r"详细地址|收货地址|收件地址|新地址|地址|邮政编码|邮编)\s*(?:[:：是为]\s*)?"
)
_NAME_LABELS = frozenset({"收货人姓名", "收货人", "收件人", "姓名", "联系人"})
# Between pieces: punctuation, line ends, blanks, but not the blank of John Smith.
_CUT = re.compile(r"(?:(?<![A-Za-z])[ \t]|[ \t](?![A-Za-z])|[^\S \t]|[,，;；。!！|])+")
_EDGES = " :：、.()（）-—\"'“”"
_PLACE = re.compile(r"[省市区县镇乡村路街道巷弄号栋幢楼室园苑厦城店队组寓府座层院]|\d")
_TITLE = re.compile(r"(?:先生|小姐|女士|大哥|大姐|阿姨|师傅|老师)$")
_RECEIVES = re.compile(r"[(（]?(?:代?收|亲启)[)）]?$")
_COURTESY = re.compile(
    r"谢谢?|感谢|麻烦|你好|您好|亲|请|好的?|改|帮|不|嗯|哈|辛苦|老板|客服|在吗|收到"
)
SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁"
    "任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付傅方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴"
    "莫孔向汤欧阳章温俞柳葛殷申詹翁焦管房文萧"
)


@dataclass(frozen=True, slots=True)
class Pasted:
    """The fields found; `doubts` are sentences that the agent confirms."""

    name: str = ""
    mobile: str = ""
    telephone: str = ""
    province: str = ""
    city: str = ""
    district: str = ""
    street: str = ""
    zip_code: str = ""
    leftovers: str = ""
    doubts: tuple[str, ...] = ()


@dataclass(slots=True)
class _Paste:
    """The text while numbers are taken out of it, and what became of them."""

    text: str
    leftovers: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)

    def take(self, pattern: re.Pattern[str]) -> str:
        """The first match (its first group), cut out of the text; '' when there is none."""
        match = pattern.search(self.text)
        if match is None:
            return ""
        start, end = match.span(1) if pattern is _BURIED else match.span()
        self.text = f"{self.text[:start]}{_GAP}{self.text[end:]}"
        return match[match.lastindex or 0]


def split_contact(text: str) -> Pasted:
    """The fields of a pasted contact; what is missing or uncertain is told in `doubts`."""
    paste = _Paste(half_width(text[:LONGEST]))
    if len(text) > LONGEST:
        paste.doubts.append(f"内容太长，只看了前 {LONGEST} 个字，请核对。")
    if card := paste.take(_ID_CARD):
        paste.leftovers.append(card)
    mobile, telephone = _phones(paste)
    zip_code = paste.take(_ZIP)
    name, pieces = _labelled(paste.text)
    name, region = _name_and_region(paste, name, pieces)
    paste.doubts += _missing(name, mobile or telephone)
    return Pasted(
        name,
        mobile,
        telephone,
        region.province,
        region.city,
        region.district,
        region.street,
        "" if zip_code == "000000" else zip_code,
        " ".join(paste.leftovers),
        (*paste.doubts, *region.doubts),
    )


def _phones(paste: _Paste) -> tuple[str, str]:
    """Mobile and telephone; a second mobile stands in the telephone's place."""
    mobile = clean_phone(paste.take(_MOBILE) or paste.take(_BURIED))
    if not mobile and (mobile := paste.take(_MASKED)):
        paste.doubts.append("手机号被遮住了，请向客户要完整的号码。")
    telephone, second = clean_phone(paste.take(_LANDLINE)), clean_phone(paste.take(_MOBILE))
    if second and second != mobile:
        paste.doubts.append("有两个手机号，请核对用哪个。")
        if telephone:
            paste.leftovers.append(second)
        else:
            telephone = second
    return mobile, telephone


def _labelled(text: str) -> tuple[str, list[str]]:
    """The name behind its label, and the other pieces in order, labels taken off."""
    name, pieces = "", []
    parts = _LABEL.split(text)
    for label, part in zip(["", *parts[1::2]], parts[::2], strict=True):
        chunks = [chunk.strip(_EDGES) for chunk in _CUT.split(part)]
        chunks = [chunk for chunk in chunks if chunk]
        if label in _NAME_LABELS and chunks and not name:
            name = chunks.pop(0)
        pieces += chunks
    return name, pieces


def _name_and_region(paste: _Paste, name: str, pieces: list[str]) -> tuple[str, Region]:
    """Take the name out of the pieces, then read the rest from where it names a region."""
    if not name:
        pieces, name = _unglue(pieces)
    if not name:
        index = _likeliest(pieces)
        name = pieces.pop(index) if index is not None else ""
    first = next((i for i, piece in enumerate(pieces) if _names_place(piece)), 0)
    before = [piece for piece in pieces[:first] if _PLACE.search(piece)]
    paste.leftovers += [piece for piece in pieces[:first] if not _PLACE.search(piece)]
    return _bare_name(name), split_region(" ".join([*pieces[first:], *before]))


def _names_place(piece: str) -> bool:
    region = split_region(piece)
    return bool(region.province or region.district)


def _unglue(pieces: list[str]) -> tuple[list[str], str]:
    """`张三广东省深圳市…`: two to four characters before a province that is written in full."""
    for index, piece in enumerate(pieces):
        if piece[:1] not in SURNAMES or _names_place(piece):
            continue
        for size in (3, 2, 4):
            region = split_region(piece[size:])
            if region.city and piece[size:].startswith((region.province, region.city)):
                return [*pieces[:index], piece[size:], *pieces[index + 1 :]], piece[:size]
    return pieces, ""


def _likeliest(pieces: list[str]) -> int | None:
    """Which piece is the name, if one is like a name at all."""
    edges = (0, len(pieces) - 1)
    scores = [_likeness(piece) + (index in edges) for index, piece in enumerate(pieces[:40])]
    best = max(range(len(scores)), key=scores.__getitem__, default=None)
    return best if best is not None and scores[best] >= 3 else None


def _likeness(piece: str) -> int:
    """How like a name: short, a surname first, a title or 收 behind, no word for a place."""
    bare = _RECEIVES.sub("", piece)
    if not bare or len(bare) > 20 or re.search(r"\d", bare) or _COURTESY.match(bare):
        return -9
    if _names_place(f"{bare} "):
        return -9
    short = len(bare) <= 4 or (bare.isascii() and bare.isalpha())
    points = 2 if short else 0
    points += bare[0] in SURNAMES and len(bare) <= 6
    points += 2 * bool(_TITLE.search(bare) or bare != piece)
    return points - 3 * bool(_PLACE.search(bare) and len(bare) > 2)


def _bare_name(name: str) -> str:
    return _RECEIVES.sub("", name).strip(_EDGES) or name


def _missing(name: str, phone: str) -> list[str]:
    doubts = []
    if not name:
        doubts.append("没有看出收货人姓名，请补上。")
    elif len(name) == 1:
        doubts.append("收货人只有一个字，请核对。")
    if not phone:
        doubts.append("没有看出电话，请补上。")
    return doubts
