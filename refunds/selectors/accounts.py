"""Which account of a gateway a shop is paid into, and which shops share it (SOP 6.d)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from core.workdays import CHINA
from orders.models import Shop, ShopAccount
from orders.selectors.account import readable
from refunds.paying import Way

# Which of the typed values is the gateway's own number of the account.
NAMED_BY = {Way.ALIPAY.value: "app_id", Way.WECHATPAY.value: "mchid"}


@dataclass(frozen=True, slots=True)
class GatewayAccount:
    """One account that is configured, and the shops that use it; `since`: the day it was."""

    gateway: str
    number: str
    shops: tuple[Shop, ...]
    since: date


def account_of(shop: Shop, gateway: str) -> str:
    """The gateway's number of it; by the shop where none is configured."""
    return _number(_of(gateway).filter(shop=shop).first()) or f"shop:{shop.code}"


def shops_of(gateway: str, account: str, shop: Shop) -> list[int]:
    """The shops that are paid into it; a configured one may serve several."""
    rows = _of(gateway).select_related("shop")
    return [row.shop_id for row in rows if _number(row) == account] or [shop.pk]


def configured() -> Iterator[GatewayAccount]:
    """Every account of a gateway that works, once."""
    for gateway in NAMED_BY:
        found: dict[str, list[ShopAccount]] = {}
        for row in _of(gateway).filter(shop__active=True).select_related("shop"):
            if number := _number(row):
                found.setdefault(number, []).append(row)
        for number, rows in found.items():
            yield GatewayAccount(gateway, number, tuple(row.shop for row in rows), _since(rows))


def _of(gateway: str) -> QuerySet[ShopAccount]:
    return ShopAccount.objects.filter(system=gateway, active=True).order_by("shop_id")


def _number(row: ShopAccount | None) -> str:
    return readable(row).get(NAMED_BY[row.system], "")[:64] if row else ""


def _since(rows: list[ShopAccount]) -> date:
    """Before that day nobody could have asked for bills."""
    history = ShopAccount.history.filter(id__in=[row.pk for row in rows])
    first = history.order_by("history_date").values_list("history_date", flat=True).first()
    return first.astimezone(CHINA).date() if first else date.max
