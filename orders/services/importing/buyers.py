"""The buyers of a chunk of imported orders, found or made by their accounts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from core.bulk import find, next_ids, write
from core.masking import is_masked
from orders.formats import ImportedOrder
from orders.models import Buyer, BuyerAccount, Shop
from orders.words import AccountKind, Channel

_WANGWANG = frozenset({Channel.TAOBAO, Channel.TMALL})
# One member name is one person on both.
_SHARED = {Channel.TMALL.value: Channel.TAOBAO.value}


def buyers_of(shop: Shop, orders: Iterable[ImportedOrder], now: datetime) -> dict[str, int]:
    """The buyer's id for each account; an account that nobody knows becomes a new buyer.

    A masked one is many people's, and nobody's here.
    """
    kind = AccountKind.WANGWANG if shop.channel in _WANGWANG else AccountKind.PLATFORM
    channel = _SHARED.get(shop.channel, shop.channel)
    accounts = {order.buyer_account for order in orders} - {""}
    accounts = {account for account in accounts if not is_masked(account)}
    same = find(BuyerAccount, "account", list(accounts), "account", "buyer_id", "kind", "channel")
    known = {account: buyer for account, buyer, *of in same if of == [kind, channel]}
    new = sorted(accounts - known.keys())
    if not new:
        return known
    ids = next_ids(Buyer, len(new))
    write(Buyer, ["id", "at"], [[key, now] for key in ids])
    rows = zip(next_ids(BuyerAccount, len(new)), ids, new, strict=True)
    write(
        BuyerAccount,
        ["id", "buyer_id", "account", "kind", "channel"],
        [[key, buyer, account, kind.value, channel] for key, buyer, account in rows],
    )
    return known | dict(zip(new, ids, strict=True))
