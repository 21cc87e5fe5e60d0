"""Does a shop's account work? Asked by the owner's button, answered by a notice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.urls import reverse

from connectors import sms, taobao
from connectors.answers import ConnectorError
from core.messages import handles
from core.models import OutboxMessage
from orders.models import Shop, ShopAccount
from orders.selectors.account import NoAccount, credentials_of
from staff.services.tell import tell

# system → a call that changes nothing and fails when address, keys or rights are wrong
CHECKS: dict[str, Callable[[Shop], None]] = {
    "sms": lambda shop: sms.AliyunSms(credentials_of(shop, "sms", sms.Account)).check(),
    "taobao": lambda shop: taobao.Taobao(credentials_of(shop, "taobao", taobao.Account)).check(),
}


@handles("connector.test")
def try_account(message: OutboxMessage) -> None:
    """One try; whatever came of it is told to who asked."""
    account = (
        ShopAccount.objects.select_related("shop").filter(pk=message.payload["account"]).first()
    )
    if account is None:
        return
    shop: Any = account.shop
    try:
        CHECKS[account.system](shop)
    except (ConnectorError, NoAccount) as error:
        text = f"{account.label}（{shop.name}）没有连通：{error}"
    else:
        text = f"{account.label}（{shop.name}）连通了。"
    url = reverse("shop-account", args=[shop.code, account.system])
    tell(text, to=message.payload["user"], url=url, key=message.key)
