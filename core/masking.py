"""Personal data as it is shown to those who have not asked to see it (architecture §7).

Every function is idempotent: what is masked already, by us or by a platform, stays.
"""

from __future__ import annotations

import re

_STAR, _STARS = re.compile(r"[*＊]"), re.compile(r"[*＊]{2}")
_ENCRYPTED = re.compile(r"##|\$\$|~(?=[\w+/=]{8}|\*{3}$)")  # Douyin ##… and $$…, Pinduoduo ~…~
_DIGIT = "[0-9０-９]"
_ONE = "[1１][3-9３-９]"

_MOBILES = re.compile(
    rf"(?<!{_DIGIT})({_ONE}{_DIGIT})(?:"
    rf"[- .]?{_DIGIT}{{4}}[- .]?|{_DIGIT}[- .]?{_DIGIT}{{3}}[- .]?|"
    rf"{_DIGIT}{{2}}[- .]?{_DIGIT}{{2}}"
    rf")({_DIGIT}{{4}})(?:[-转#]{_DIGIT}{{2,6}})?(?!{_DIGIT})"
)
_LANDLINES = re.compile(
    rf"(?<!{_DIGIT})([(（]?[0０](?:[1１][0０]|[2２]{_DIGIT}|[3-9３-９]{_DIGIT}{{2}})[)）]?)"
    rf"[- ]?{_DIGIT}{{3,4}}[- ]?{_DIGIT}{{2}}({_DIGIT}{{2}})(?:[-转]{_DIGIT}{{1,6}})?(?!{_DIGIT})"
)
_REGION = re.compile(r"(?:[^\d\s*]{1,10}?(?:省|自治区|行政区|市|自治州|盟|区|县|旗)\s+)+")
_TOWN = re.compile(r"[^\d\s*]{1,9}?(?:街道|镇|乡|开发区|苏木)")
_ROAD = re.compile(r"[^\d\s*]{1,9}?(?:路|大街|大道|街|道|巷)")


def is_masked(text: str) -> bool:
    """Did a platform mask or encrypt this (`陈**`, `1******6198`, `##…`, `$$…`)?

    One star makes a short text masked (`陈*生`); in a long one it may only be a star.
    """
    short = len(text) <= 6 and _STAR.search(text)
    return bool(short or _STARS.search(text) or _ENCRYPTED.match(text))


def mask_name(name: str) -> str:
    """陈建生 → 陈*生, 陈生 → 陈*, 陈 → *."""
    name = name.strip()
    if _ENCRYPTED.match(name):
        return _encrypted(name)
    if _is_shape(name, head=1, tail=1):
        return name
    if len(name) <= 2:
        return name[:1] + "*" if len(name) == 2 else "*" * len(name)
    return name[0] + "*" * min(len(name) - 2, 4) + name[-1]


def mask_phone(phone: str) -> str:
    """13800013800 → 138****3800; 0755-83901234 → 0755-******34; an extension goes."""
    phone = phone.strip()
    if _ENCRYPTED.match(phone):
        return _encrypted(phone)
    if _is_shape(phone, head=5, tail=4):
        return phone
    mobile = _MOBILES.search(phone)
    if mobile:
        return f"{mobile[1]}****{mobile[2]}"
    landline = _LANDLINES.fullmatch(phone)
    if landline:
        return f"{landline[1].strip('()（）')}-******{landline[2]}"
    bare = re.sub(r"[*＊\s#$~]", "", phone)
    return f"{bare[:2]}****{bare[-2:]}" if len(bare) > 8 else "*" * min(len(phone), 4)


def mask_address(street: str) -> str:
    """香蜜湖街道农园路66号 → 香蜜湖街道 ***, 农园路66号 → 农园路 ***: never the house.

    A region before it (`广东省 深圳市 福田区 …`) stays.
    """
    street = street.strip()
    if not street:
        return ""
    if _ENCRYPTED.match(street):
        return _encrypted(street)
    region = _REGION.match(street)
    known = region[0] if region else ""
    rest = street[len(known) :]
    place = _TOWN.match(rest) or _ROAD.match(rest)
    head = f"{known}{place[0] if place else ''}".strip()
    return f"{head} ***" if head else "***"


def mask_account(account: str) -> str:
    """30998721 → 30***21; of a short one only the first character stays."""
    account = account.strip()
    if _ENCRYPTED.match(account):
        return _encrypted(account)
    if _is_shape(account, head=2, tail=2):
        return account
    if len(account) > 5:
        return f"{account[:2]}***{account[-2:]}"
    return account[:1] + "*" * min(len(account) - 1, 3) if len(account) > 1 else "*" * len(account)


_NUMBERED = re.compile(r"\d{5,15}(?:@qq\.com)?|[qQ]{2}\d{5,15}")


def mask_buyer(account: str) -> str:
    """By what name a buyer goes: a platform's nickname stays, a QQ or a telephone does not."""
    account = account.strip()
    if _MOBILES.fullmatch(account):
        return mask_phone(account)
    return mask_account(account) if _NUMBERED.fullmatch(account) else account


def scrub(text: str) -> str:
    """Telephones in free text are masked: for logs, summaries, notices."""
    text = _MOBILES.sub(r"\1****\2", text)
    return _LANDLINES.sub(r"\1-******\2", text)


def _encrypted(text: str) -> str:
    """A platform's cipher text says nothing to a reader: only its mark stays."""
    mark = text[:2] if text[0] in "#$" else text[:1]
    return f"{mark}***"


def _is_shape(text: str, *, head: int, tail: int) -> bool:
    """Is it already at most `head` characters, stars, and at most `tail` characters?"""
    stars = [index for index, char in enumerate(text) if char in "*＊"]
    if not stars or stars[-1] - stars[0] + 1 != len(stars):
        return False
    return stars[0] <= head and len(text) - 1 - stars[-1] <= tail
