"""A shop's accounts: what handlers are given, and what a screen may show of them."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeVar

from core.messages import Unhandleable
from core.models import Act
from core.sealed import Unsealable, unseal
from orders.accounts import ACCOUNTS, SystemKind, hint
from orders.models import Shop, ShopAccount

T = TypeVar("T")
SHOWN = 10


class NoAccount(Unhandleable):
    """The shop has no account that works; says what to do."""


@dataclass(frozen=True, slots=True)
class AccountRow:
    """One system on the shop's page."""

    system: str
    kind: SystemKind
    account: ShopAccount | None

    @property
    def hints(self) -> dict[str, str]:
        """Label → what may be shown of each secret."""
        if self.account is None:
            return {}
        values = readable(self.account)
        return {field.label: hint(values.get(field.name, "")) for field in self.kind.secrets}


def values_of(account: ShopAccount) -> dict[str, str]:
    """The credentials in clear. Raises Unsealable when our own key has changed."""
    values: dict[str, str] = json.loads(unseal(account.sealed))
    return values


def readable(account: ShopAccount) -> dict[str, str]:
    """What it holds; nothing when it is new or sealed with a key that we lost."""
    with suppress(Unsealable, ValueError):
        return values_of(account)
    return {}


def credentials_of(shop: Shop, system: str, into: type[T]) -> T:
    """The shop's credentials as the client's own dataclass. Raises NoAccount."""
    account = ShopAccount.objects.filter(shop=shop, system=system, active=True).first()
    label = ACCOUNTS[system].label
    if account is None:
        raise NoAccount(f"店铺 {shop.code} 没有启用{label}的账号，请负责人在店铺页设置。")
    try:
        return into(**values_of(account))
    except (Unsealable, TypeError, ValueError) as error:
        raise NoAccount(f"店铺 {shop.code} 的{label}账号读不出来了，请负责人重新填。") from error


def typed_for(code: str, system: str) -> dict[str, str] | None:
    """What a shop typed in for a system, if it works: whose callback is this (SHOP_ACCOUNTS)?"""
    known = ShopAccount.objects.filter(shop__code=code, system=system, active=True).first()
    return (readable(known) or None) if known else None


def accounts_of(shop: Shop) -> list[AccountRow]:
    """Every system, with the shop's account where it has one; one query."""
    own = {account.system: account for account in ShopAccount.objects.filter(shop=shop)}
    return [AccountRow(system, kind, own.get(system)) for system, kind in ACCOUNTS.items()]


def account_acts(account: ShopAccount) -> list[Act]:
    """Who set or tried it, newest first; it says which values changed, never to what."""
    acts = Act.objects.filter(subject_kind="shopaccount", subject_id=account.pk, order_no="")
    return list(acts.order_by("-at")[:SHOWN])
