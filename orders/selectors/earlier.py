"""The earlier orders of who orders now (SOP 5.a)."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from orders.models import Order, Shop
from orders.selectors.order import visible
from orders.words import BY_HAND


def shops_by_hand(user: Any) -> list[Shop]:
    """The shops whose orders are registered by hand, as far as this person works for them."""
    shops = Shop.objects.filter(active=True, channel__in=[c.value for c in BY_HAND])
    return list(shops.filter(code__in=user.shop_codes) if user.shop_codes else shops)


def earlier_orders(user: Any, account: str, mobile: str, limit: int = 5) -> list[Order]:
    """The newest orders of this account or mobile; [] where neither is told."""
    account, mobile = (text.replace("\0", "").strip() for text in (account, mobile))
    same = Q(pk__in=[])
    if account:
        same |= Q(buyer__accounts__account=account) | Q(buyer_account=account)
    if mobile:
        same |= Q(mobile=mobile)
    return list(visible(user).filter(same).distinct().order_by("-ordered_at", "-id")[:limit])
