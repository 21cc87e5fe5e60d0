"""Fetch a gateway's bill of a day (SOP 6.d)."""

from __future__ import annotations

from datetime import date

from django.utils import timezone

from connectors.accounts import NoAccount, gateway_of
from connectors.bills import BillState
from core.messages import handles
from core.models import OutboxMessage
from core.tables.errors import Unreadable
from orders.models import Shop
from refunds.services.reconcile.fetching import FETCH, say_why, take_empty, take_fetched


@handles(FETCH, "取渠道账单")
def fetch(message: OutboxMessage) -> None:
    """Ask for it once; the next hour's sweep asks again for what is still not here."""
    shop = Shop.objects.filter(pk=message.payload["shop"]).first()
    if shop is None:
        return
    gateway, day = message.payload["gateway"], date.fromisoformat(message.payload["day"])
    try:
        answer = gateway_of(gateway, shop.code).bill(day)
        now = timezone.now()
        if answer.state is BillState.HERE:
            take_fetched(shop, answer.data, answer.name, day, now=now)
        elif answer.state is BillState.EMPTY:
            take_empty(shop, gateway, day, now=now)
        else:
            sure = answer.state is BillState.REFUSED
            say_why(shop, gateway, day, answer.reason, now=now, sure=sure)
    except (Unreadable, NoAccount) as error:
        say_why(shop, gateway, day, str(error), now=timezone.now(), sure=True)
