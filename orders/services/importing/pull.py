"""Sold orders are asked for by a timer, and registered like those of a file (SOP 5.a).

The timer writes a message for each connected shop. Its handler asks which trades changed in a
window and writes one message for each; so a trade that cannot be read fails alone, and is seen
among the messages that did not arrive.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction

from core.acts import TIMER
from core.messages import Outgoing, send_all
from core.models import WAITING, OutboxMessage
from orders.formats import ImportedOrder
from orders.models import PullCursor, Shop, ShopAccount
from orders.services.importing.chunk import Chunk, register
from orders.services.platform import BY_API

FIRST = timedelta(days=7)  # how far back a shop that was just connected is read
WINDOW = timedelta(hours=12)  # the platform gives a day at most
OVERLAP = timedelta(minutes=10)  # what the platform writes late is still seen
LAG = timedelta(seconds=30)  # the newest second is not complete yet


def ask_for_sold(now: datetime) -> int:
    """Write a message for each connected shop that has none waiting; says for how many."""
    accounts = ShopAccount.objects.filter(
        active=True, system__in=set(BY_API.values()), shop__channel__in=BY_API, shop__active=True
    )
    shops = list(accounts.values_list("shop_id", flat=True))
    lines = {f"platform.pull:{shop}": shop for shop in shops}
    waiting = OutboxMessage.objects.filter(line__in=lines, state__in=WAITING)
    busy = set(waiting.values_list("line", flat=True))
    outgoing = [
        Outgoing("platform.pull", f"{line}:{now.isoformat()}", {"shop": shop}, line=line)
        for line, shop in lines.items()
        if line not in busy
    ]
    with transaction.atomic():
        send_all(outgoing, now=now)
    return len(outgoing)


def window_of(shop: Shop, now: datetime) -> tuple[datetime, datetime]:
    """From a little before where the last one ended."""
    cursor = PullCursor.objects.filter(shop=shop).first()
    since = cursor.read_to - OVERLAP if cursor else now - FIRST
    return since, min(since + WINDOW, now - LAG)


def keep_changed(
    shop: Shop, changed: Sequence[tuple[str, str]], read_to: datetime, *, now: datetime
) -> None:
    """A message for each trade (number, when it changed), and the place behind them: both or none.

    The same change found again writes nothing.
    """
    with transaction.atomic():
        send_all(
            [
                Outgoing(
                    "platform.trade",
                    f"platform.trade:{shop.pk}:{number}:{at}"[:120],
                    {"shop": shop.pk, "trade": number},
                    line=f"trade:{shop.pk}:{number}"[:64],
                )
                for number, at in changed
            ],
            now=now,
        )
        PullCursor.objects.update_or_create(shop=shop, defaults={"read_to": read_to})


def register_trade(shop: Shop, order: ImportedOrder, *, now: datetime) -> None:
    """The act of the import, on one order: made, updated, or left as it is."""
    with transaction.atomic():
        register(Chunk(shop, [order], []), by=TIMER, now=now)
