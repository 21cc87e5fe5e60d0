"""Who owes and who pays what, from the amounts that an export has. Yuan."""

from __future__ import annotations

from decimal import Decimal

from core.money import ZERO
from orders.formats.layout import Money


def settle(
    *,
    total: Decimal,
    freight: Decimal,
    was_paid: bool,
    paid: Decimal = ZERO,
    platform: Decimal = ZERO,
    shop: Decimal = ZERO,
    refunded: Decimal = ZERO,
    points: int = 0,
) -> Money:
    """`total` is owed by buyer and platform together; of what the platform is said to pay only
    that counts which the buyer's payment leaves open."""
    freight = min(freight, total)
    if was_paid:
        platform = min(platform, max(total - paid, ZERO))
    else:
        paid, platform = ZERO, min(platform, total)
    return Money(
        goods_amount=total - freight,
        freight=freight,
        total=total,
        due=total - platform,
        paid=paid,
        platform_discount=platform,
        shop_discount=shop,
        refunded=min(refunded, paid),
        points=points,
    )
