"""What is wrong with where an order shall go, before anybody packs it (SOP 2.b)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from orders.addresses.phones import plausible_phone
from orders.addresses.regions import check_region

_MOBILE = re.compile(r"1[3-9]\d{9}")
_LETTERS = re.compile(r"[^\w]")
SHORT = 3  # signs: 同上, 66
_known_region = lru_cache(maxsize=8192)(check_region)


def problems(
    consignee: str,
    phones: tuple[str, ...],
    region: tuple[str, str, str],
    street: str,
) -> list[str]:
    """Sentences for the agent; [] when name, telephone and address can be delivered to."""
    place = place_faults(consignee, region, street)
    named = [] if consignee else place[:1]
    return named + phone_faults(phones) + place[len(named) :]


def phone_faults(phones: tuple[str, ...]) -> list[str]:
    """Is there a number that can be dialled (SOP 2.b)?"""
    told = [phone for phone in phones if phone]
    if not told:
        return ["没有电话。"]
    if not any(_MOBILE.fullmatch(phone) or plausible_phone(phone) for phone in told):
        return ["电话打不通的样子，请核对。"]
    return []


def place_faults(consignee: str, region: tuple[str, str, str], street: str) -> list[str]:
    """Is there a name, a region that exists, and a place in it (SOP 2.b)?"""
    found = [] if consignee else ["没有收货人姓名。"]
    found += _known_region(*region)
    if not street:
        found.append("没有详细地址。")
    elif len(_LETTERS.sub("", street)) < SHORT:
        found.append(f"详细地址太短（{street[:8]}），快递送不到。")
    return found


def receiving_faults(
    values: Mapping[str, str], *, address: bool = True, known: frozenset[str] = frozenset()
) -> list[tuple[str, str]]:
    """What a person or a system that enters an order has to mend: field and sentence (SOP 5.a).

    `known`: telephones that stand there already and may stay. Without `address`: pick-up.
    """
    found = []
    for name in ("mobile", "telephone"):
        typed = values.get(name, "")
        if typed and typed not in known and plausible_phone(typed) is None:
            found.append((name, "这个号码不像能打通的电话，请核对后再填。"))
    if not (values.get("mobile") or values.get("telephone")):
        found.append(("mobile", "手机和电话至少填一个。"))
    if address:
        parts = [values.get(name, "") for name in ("province", "city", "district")]
        found += [("province", problem) for problem in check_region(*parts)]
        if not values.get("street"):
            found.append(("street", "请填详细地址。"))
    return found
