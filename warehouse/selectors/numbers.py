"""The platforms' numbers of a parcel, and the hand task that tells one of them (SOP 2.h)."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from orders.models import Order, Shop
from orders.selectors.parts import PlatformNumber, platform_numbers


@dataclass(frozen=True, slots=True)
class Number:
    """One number of a platform that this parcel is for; `lines`: of a split, only these.

    `again`: its lines of which other pieces left before, in another parcel. A platform takes each
    line once, so they are not told again; `over`: nothing else of the number is in this parcel.
    """

    shop: Shop
    platform_no: str
    lines: str = ""
    again: str = ""
    over: bool = False
    order: Order | None = None


def numbers_of(order: Order) -> list[Number]:
    """The platform's numbers that this parcel is for, with what of each is in it (SOP 2.b)."""
    if not order.parted:
        return [Number(order.shop, order.platform_no, order=order)]
    found: dict[str, Number] = {}
    for each in platform_numbers(order):
        found.setdefault(each.platform_no, _number(each))
    return list(found.values())


def _number(each: PlatformNumber) -> Number:
    """What the platform does not number line by line is told as a whole, with what leaves first."""
    lines = list(dict.fromkeys(line.platform_line_no for line in each.lines))
    numbered = all(lines)
    again = [no for no in lines if no in each.sent or (not numbered and each.sent)]
    left = [no for no in lines if no not in again]
    return Number(
        each.shop,
        each.platform_no,
        lines=",".join(left) if numbered and not each.whole else "",
        again="、".join(again) if numbered else each.platform_no if again else "",
        over=not left,
        order=each.order,
    )


def cause_of(order: Order, number: Number) -> str:
    """What the hand task is about: this number with this waybill."""
    digest = uuid.uuid5(uuid.NAMESPACE_URL, f"{number.platform_no}:{order.waybill}")
    return f"dispatch:{digest}"
