"""Ask the platform what was sold, and take each trade in (SOP 5.a)."""

from __future__ import annotations

import time

from django.urls import reverse
from django.utils import timezone

from connectors.answers import Rejected, SignedOut
from core.messages import NotYet, Unhandleable, handles
from core.models import OutboxMessage
from core.tables.errors import Bad
from orders.formats.top import read_trade
from orders.handlers.platform import UNTIL_SIGNED_IN, client_of
from orders.models import Shop
from orders.selectors.account import NoAccount
from orders.services.importing.pull import WINDOW, keep_changed, register_trade, window_of
from orders.services.platform import ask_to_sign_in
from staff.roles import Role
from staff.services.tell import tell

SECONDS = 10.0  # no further window is begun after it: a lease is longer


@handles("platform.pull")
def pull(message: OutboxMessage) -> None:
    """Window after window until now, for some seconds; the next sweep goes on."""
    shop = Shop.objects.filter(pk=message.payload["shop"]).first()
    if shop is None:
        return
    end = time.monotonic() + SECONDS
    try:
        while _read_window(shop) and time.monotonic() < end:
            pass
    except NoAccount:
        return
    except SignedOut as error:
        ask_to_sign_in(shop, timezone.now())
        raise NotYet(timezone.now() + UNTIL_SIGNED_IN, str(error)) from error
    except Rejected as error:
        _tell_owner(shop, error)
        raise NotYet(timezone.now() + UNTIL_SIGNED_IN, str(error)) from error


def _read_window(shop: Shop) -> bool:
    """Ask what changed in the next window; says whether more lies before now."""
    now = timezone.now()
    since, until = window_of(shop, now)
    if until <= since:
        return False
    changed = client_of(shop).changed(since, until)
    keep_changed(shop, changed, until, now=now)
    return now - until > WINDOW / 12


def _tell_owner(shop: Shop, why: Rejected) -> None:
    """Once a day: keys or rights are wrong, and nothing comes in until they are mended."""
    tell(
        f"“{shop.name}”的平台订单收不进来：{why}",
        role=Role.OWNER,
        url=reverse("shop-account", args=[shop.code, "taobao"]),
        key=f"pull:{shop.pk}:{timezone.localdate()}",
    )


@handles("platform.trade")
def take_trade(message: OutboxMessage) -> None:
    """One trade as it stands now, whatever changed. Raises Unhandleable for what nobody reads."""
    shop = Shop.objects.filter(pk=message.payload["shop"]).first()
    if shop is None:
        return
    try:
        trade = client_of(shop).trade(message.payload["trade"])
        register_trade(shop, read_trade(trade), now=timezone.now())
    except SignedOut as error:
        ask_to_sign_in(shop, timezone.now())
        raise NotYet(timezone.now() + UNTIL_SIGNED_IN, str(error)) from error
    except (Bad, Rejected) as error:
        number = message.payload["trade"]
        raise Unhandleable(f"平台单 {number} 没有收进来：{error}") from error
