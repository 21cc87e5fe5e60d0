"""With whose keys a system is called, and whose keys a callback has to fit.

A shop's keys lie sealed in a room above. So the settings name the function that knows them
(`SHOP_ACCOUNTS`), as they name Django's own; the house's accounts at the trackers come from the
environment.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import TypeVar

from django.conf import settings
from django.urls import reverse
from django.utils.module_loading import import_string

from connectors import alipay, kdniao, kuaidi100, wechatpay
from connectors.by_hand import Transfer
from connectors.gateways import PaymentGateway
from connectors.systems import label_of
from connectors.trackers import CarrierTracker
from core.messages import Unhandleable

A = TypeVar("A")
TRACKERS = ("kuaidi100", "kdniao")
# Shop and system → what was typed in for it; None when nothing is, or it is switched off.
Lookup = Callable[[str, str], Mapping[str, str] | None]


class NoAccount(Unhandleable):
    """No keys for this: what an owner has to fill in, in Chinese."""


def gateway_of(system: str, shop: str) -> PaymentGateway:
    """How a shop pays back by `alipay`, `wechatpay` or `manual`. Raises NoAccount."""
    if system == "manual":
        return Transfer()
    if system not in ("alipay", "wechatpay"):
        raise NoAccount(f"没有叫“{system}”的退款渠道。")
    typed = _typed(shop, system)
    if typed is None:
        raise NoAccount(f"店铺 {shop} 没有启用的{label_of(system)}账户，请负责人在店铺页填写。")
    try:
        if system == "alipay":
            return alipay.Alipay(account(alipay.Account, typed))
        return wechatpay.WechatPay(account(wechatpay.Account, typed), address_of(system, shop))
    except ValueError as error:
        why = f"店铺 {shop} 的{label_of(system)}密钥读不出来，请负责人在店铺页重新填写。"
        raise NoAccount(why) from error


def tracker_of(system: str, shop: str = "", *, strictly: bool = False) -> CarrierTracker:
    """How a shop follows parcels: by its own account at `kuaidi100` or `kdniao`, or the house's.

    `strictly`: only by its own. Raises NoAccount.
    """
    own = _typed(shop, system) if shop else None
    house: Mapping[str, str] = settings.TRACKER_ACCOUNTS.get(system, {})
    typed = own or ({} if strictly and shop else house)
    if not typed or not all(typed.values()):
        why = f"没有{label_of(system)}的账户，请负责人在店铺页填写，或由系统管理员设置环境变量。"
        raise NoAccount(why)
    if system == "kdniao":
        return kdniao.Kdniao(account(kdniao.Account, typed))
    back = address_of(system, shop if own else "")
    return kuaidi100.Kuaidi100(account(kuaidi100.Account, typed), back)


def account(kind: Callable[..., A], typed: Mapping[str, str]) -> A:
    """What was typed in as the account of a client. Raises NoAccount naming what is missing."""
    names = {field.name for field in fields(kind)}  # type: ignore[arg-type]
    try:
        return kind(**{name: value for name, value in typed.items() if name in names})
    except TypeError as error:
        raise NoAccount("账户没有填完整，请负责人在店铺页补上。") from error


def address_of(system: str, shop: str = "") -> str:
    """Where this system may call back from outside; empty without `CALLBACK_URL`."""
    base: str = settings.CALLBACK_URL.rstrip("/")
    if not base:
        return ""
    if system in TRACKERS and shop:
        return base + reverse(f"callback-{system}-shop", kwargs={"code": shop})
    return base + reverse(f"callback-{system}", kwargs={"code": shop} if shop else {})


def _typed(shop: str, system: str) -> Mapping[str, str] | None:
    if not settings.SHOP_ACCOUNTS:
        return None
    look_up: Lookup = import_string(settings.SHOP_ACCOUNTS)
    return look_up(shop, system)
