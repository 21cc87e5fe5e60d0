"""What kuaidi100 calls the carriers. Our own codes are kdniao's, so kdniao needs no table."""

from __future__ import annotations

KUAIDI100 = {
    "SF": "shunfeng",
    "YTO": "yuantong",
    "ZTO": "zhongtong",
    "STO": "shentong",
    "YD": "yunda",
    "EMS": "ems",
    "YZPY": "youzhengguonei",
    "JD": "jd",
    "JTSD": "jtexpress",
    "HTKY": "huitongkuaidi",
    "DBL": "debangkuaidi",
    "HHTT": "tiantian",
    "ZJS": "zhaijisong",
    "DNWL": "danniao",
}
_OURS = {theirs: ours for ours, theirs in KUAIDI100.items()}


def to_kuaidi100(carrier: str) -> str:
    """Their name of our code; an unknown code goes as it is, in small letters as theirs are."""
    return KUAIDI100.get(carrier, carrier.lower())


def from_kuaidi100(name: str) -> str:
    """Our code of their name; an unknown name stays as it is."""
    return _OURS.get(name, name)
