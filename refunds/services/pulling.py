"""Refunds that buyers applied for are asked for by a timer (SOP 1.5; as sold orders are, 5.a)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction

from core.messages import Outgoing, send_all
from core.models import WAITING, OutboxMessage
from orders.models import Shop, ShopAccount
from orders.services.platform import BY_API
from refunds.models import RefundCursor

PULL, ONE = "refunds.pull", "refunds.application"
FIRST = timedelta(days=7)  # how far back a shop that was just connected is read
WINDOW = timedelta(hours=12)
OVERLAP = timedelta(minutes=10)  # what the platform writes late is still seen
LAG = timedelta(seconds=30)


def ask_for_refunds(now: datetime) -> int:
    """Write a message for each connected shop that has none waiting; says for how many."""
    accounts = ShopAccount.objects.filter(
        active=True, system__in=set(BY_API.values()), shop__channel__in=BY_API, shop__active=True
    )
    lines = {f"{PULL}:{shop}": shop for shop in accounts.values_list("shop_id", flat=True)}
    waiting = OutboxMessage.objects.filter(line__in=lines, state__in=WAITING)
    busy = set(waiting.values_list("line", flat=True))
    outgoing = [
        Outgoing(PULL, f"{line}:{now.isoformat()}", {"shop": shop}, line=line)
        for line, shop in lines.items()
        if line not in busy
    ]
    with transaction.atomic():
        send_all(outgoing, now=now)
    return len(outgoing)


def window_of(shop: Shop, now: datetime) -> tuple[datetime, datetime]:
    """From a little before where the last one ended."""
    cursor = RefundCursor.objects.filter(shop=shop).first()
    since = cursor.read_to - OVERLAP if cursor else now - FIRST
    return since, min(since + WINDOW, now - LAG)


def keep_applications(
    shop: Shop, rows: Sequence[dict[str, str]], read_to: datetime, *, now: datetime
) -> None:
    """A message for each application as it stands, and the place behind them: both or none."""
    with transaction.atomic():
        send_all([_message(shop, row) for row in rows], now=now)
        RefundCursor.objects.update_or_create(shop=shop, defaults={"read_to": read_to})


def _message(shop: Shop, row: dict[str, str]) -> Outgoing:
    """The same state told again writes nothing."""
    state = ":".join((row["number"], row["status"], row["version"], row["amount"]))
    return Outgoing(
        ONE,
        f"{ONE}:{shop.pk}:{state}"[:120],
        {"shop": shop.pk} | row,
        line=f"{ONE}:{shop.pk}:{row['number']}"[:64],
    )
