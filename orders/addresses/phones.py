"""Telephones: written one way, and checked against China's numbering plan (`phonenumbers`)."""

from __future__ import annotations

import re

import phonenumbers

from orders.addresses.halfwidth import half_width

LONGEST = 64
_NOISE = re.compile(r"[\s().·・'\"=]+")
_COUNTRY = re.compile(
    r"(?:\+|00)86-*|86-*(?=1[3-9](?:-*\d){9}|0\d|\d{2,3}-)|0(?=1[3-9]\d{9}(?!\d))"
)
_NATIONAL = re.compile(r"0|1[3-9]|[48]00")
_EXTENSION = re.compile(r"(?:-|#|,|;|转|分机|ext)+(\d{1,6})$", re.IGNORECASE)
_MOBILE = re.compile(r"1\d{10}")
_AREA = re.compile(r"(10|2\d|[3-9]\d\d)(\d{7,8})")


def clean_phone(text: str) -> str:
    """One way to write a number: `13800013800`, `18412345678-1234`, `0755-83901234-801`.

    Full-width digits, blanks, brackets and +86 go; what is no number (masked, encrypted, words)
    comes back as it is, without blanks around it.
    """
    given = text.strip()
    if "*" in given or "＊" in given or given[:1] in "#$~":
        return given
    bare = _NOISE.sub("", half_width(given[:LONGEST])).lower()
    bare = _without_country(re.sub("[—–‐−]", "-", bare))
    return _mobile(bare) or _service(bare) or _landline(bare) or _abroad(bare) or given


def _without_country(bare: str) -> str:
    """+86, 0086, 86- off; the 0 of an area code, which abroad leaves out, on again."""
    prefix = _COUNTRY.match(bare)
    if prefix is None:
        return bare
    rest = bare[prefix.end() :]
    return rest if _NATIONAL.match(rest) else f"0{rest}"


def _split(bare: str, size: int) -> tuple[str, str]:
    """The digits and the extension, when what stands before the extension has `size` digits."""
    found = _EXTENSION.search(bare)
    if found and len(bare[: found.start()].replace("-", "")) == size:
        return bare[: found.start()].replace("-", ""), f"-{found[1]}"
    return bare.replace("-", ""), ""


def _mobile(bare: str) -> str:
    digits, extension = _split(bare, 11)
    return digits + extension if _MOBILE.fullmatch(digits) else ""


def _service(bare: str) -> str:
    """400 and 800 numbers: ten digits."""
    digits, extension = _split(bare, 10)
    if len(digits) == 10 and digits.isdigit() and digits[:3] in ("400", "800"):
        return f"{digits[:3]}-{digits[3:6]}-{digits[6:]}{extension}"
    return ""


def _landline(bare: str) -> str:
    """Area code and number; without its area code a number stays as it is."""
    for size in (12, 11, 10):
        digits, extension = _split(bare, size)
        found = _AREA.fullmatch(digits[1:]) if digits[:1] == "0" else None
        if found:
            return f"0{found[1]}-{found[2]}{extension}"
    return ""


def _abroad(bare: str) -> str:
    """Hong Kong, Macau, Taiwan and abroad: `+85261234567`."""
    digits = bare.replace("-", "")
    found = re.fullmatch(r"(?:\+|00)([1-9]\d{7,14})", digits)
    return f"+{found[1]}" if found else ""


def plausible_phone(text: str) -> str | None:
    """The number written one way if it can be dialled, else None (SOP 2.b).

    Mobiles, landlines with their area code, 400 and 800 numbers; an extension is kept.
    """
    cleaned = clean_phone(text)
    base = re.sub(r"(?<=\d{11})-\d{1,6}$", "", cleaned)
    if _MOBILE.fullmatch(base):
        return cleaned if _valid(base) else None
    if re.fullmatch(r"[48]00-\d{3}-\d{4}(?:-\d{1,6})?", base):
        return cleaned
    landline = re.fullmatch(r"(0\d{2,3}-\d{7,8})(?:-\d{1,6})?", base)
    if landline:
        return cleaned if _valid(landline[1]) else None
    return cleaned if base.startswith("+") and _valid(base) else None


def _valid(number: str) -> bool:
    """By the numbering plan; a privacy number's own ranges count as mobile, too."""
    if re.fullmatch(r"1[3-9]\d{9}", number):
        return True
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(number, "CN"))
    except phonenumbers.NumberParseException:
        return False
