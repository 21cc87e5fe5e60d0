"""The platforms' numbers of a parcel, and the hand task that tells one of them (SOP 2.h)."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from orders.models import Order, Shop


@dataclass(frozen=True, slots=True)
class Number:
    """One number of a platform that this parcel is for; `lines`: of a split, only these."""

    shop: Shop
    platform_no: str
    lines: str = ""


def numbers_of(order: Order) -> list[Number]:
    """The platform's numbers that this parcel is for, with what of each is in it."""
    return [Number(order.shop, order.platform_no)]


def cause_of(order: Order, number: Number) -> str:
    """What the hand task is about: this number with this waybill."""
    digest = uuid.uuid5(uuid.NAMESPACE_URL, f"{number.platform_no}:{order.waybill}")
    return f"dispatch:{digest}"
