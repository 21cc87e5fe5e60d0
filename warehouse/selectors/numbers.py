"""The platforms' numbers of a parcel, and the hand task that tells one of them (SOP 2.h)."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from orders.models import Order, Shop
from orders.selectors.parts import platform_numbers


@dataclass(frozen=True, slots=True)
class Number:
    """One number of a platform that this parcel is for; `lines`: of a split, only these."""

    shop: Shop
    platform_no: str
    lines: str = ""


def numbers_of(order: Order) -> list[Number]:
    """The platform's numbers that this parcel is for, with what of each is in it (SOP 2.b)."""
    found: dict[str, Number] = {}
    for each in platform_numbers(order):
        lines = [line.platform_line_no for line in each.lines]
        named = "" if each.whole or not all(lines) else ",".join(lines)
        found.setdefault(each.platform_no, Number(each.shop, each.platform_no, named))
    return list(found.values())


def cause_of(order: Order, number: Number) -> str:
    """What the hand task is about: this number with this waybill."""
    digest = uuid.uuid5(uuid.NAMESPACE_URL, f"{number.platform_no}:{order.waybill}")
    return f"dispatch:{digest}"
