"""Does a shop's account work? Asked by the owner's button, answered by a notice."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from connectors.answers import ConnectorError
from core.messages import handles
from core.models import OutboxMessage
from orders.handlers.checks import CHECKS
from orders.models import ShopAccount
from orders.selectors.account import NoAccount
from staff.services.tell import tell


@handles("connector.test", "试连账号")
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
    except ValueError:  # a key that is none, before anything was sent
        text = f"{account.label}（{shop.name}）的密钥格式不对，请重新填。"
    else:
        text = f"{account.label}（{shop.name}）连通了。"
    url = reverse("shop-account", args=[shop.code, account.system])
    tell(text, to=message.payload["user"], url=url, key=message.key)
