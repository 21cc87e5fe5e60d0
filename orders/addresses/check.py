"""What is wrong with where an order shall go, before anybody packs it (SOP 2.b)."""

from __future__ import annotations

import re
from functools import lru_cache

from orders.addresses.phones import plausible_phone
from orders.addresses.regions import check_region

_MOBILE = re.compile(r"1[3-9]\d{9}")
_known_region = lru_cache(maxsize=8192)(check_region)


def problems(
    consignee: str,
    phones: tuple[str, ...],
    region: tuple[str, str, str],
    street: str,
) -> list[str]:
    """Sentences for the agent; [] when name, telephone and address can be delivered to."""
    found = [] if consignee else ["没有收货人姓名。"]
    told = [phone for phone in phones if phone]
    if not told:
        found.append("没有电话。")
    elif not any(_MOBILE.fullmatch(phone) or plausible_phone(phone) for phone in told):
        found.append("电话打不通的样子，请核对。")
    found += _known_region(*region)
    if not street:
        found.append("没有详细地址。")
    return found
