"""Send what was written: planned ones at their time, each asked about again (SOP 2.a, 6.b)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from core.acts import TIMER, act
from core.messages import send_all
from core.sentences import from_act
from core.sweeping import BATCH, locked
from core.verdict import Say
from orders import reminding
from orders.models import CustomerMessage, Order
from orders.selectors.unpaid import ALL_HERE, OUTDATED
from orders.services.remind import reminder, unpaid
from orders.services.telling import outgoing
from orders.words import How, MessageKind, TellState


def send_planned(now: datetime, limit: int = BATCH) -> int:
    """Hand a batch of what waited for its time to the outbox or to colleagues; says how many."""
    due = CustomerMessage.objects.filter(state=TellState.PLANNED.value, send_at__lte=now)
    if reminding.is_quiet(now) or not due.exists():
        return 0
    with transaction.atomic():
        rows = list(locked(due).select_related("order").order_by("send_at", "id")[:limit])
        texts = [row for row in rows if row.how == How.SMS]
        _move([row.pk for row in texts], TellState.QUEUED)
        _move([row.pk for row in rows if row.how == How.CHAT], TellState.TO_TELL)
        send_all(
            [
                outgoing(row.pk, f"customer:{row.order.order_no}:{row.kind}:{row.step}", number)
                for row in texts
                if row.led_by_id is None
                for number in [row.order.order_no]
            ],
            now=now,
        )
    return len(rows)


def _move(ids: Sequence[int], to: TellState) -> None:
    rows = CustomerMessage.objects.filter(pk__in=ids, state=TellState.PLANNED.value)
    rows.update(state=to.value, send_at=None)


def drop_outdated(now: datetime, limit: int = BATCH) -> int:
    """Take off the list what a colleague need not tell any more; says how many."""
    waiting = CustomerMessage.objects.filter(OUTDATED, state=TellState.TO_TELL.value)
    ids = list(waiting.order_by("at").values_list("pk", flat=True)[:limit])
    rows = CustomerMessage.objects.filter(pk__in=ids, state=TellState.TO_TELL.value)
    return rows.update(state=TellState.SKIPPED.value, why="已经不用告知了", done_at=now)


def say_of(message: CustomerMessage, now: datetime) -> Say | None:
    """What is to be sent now; None when nothing is any more, and then it is kept as skipped.

    Asked at the moment of sending: paid, closed, shipped or unwanted since it was queued. A
    reminder names the orders that are still unpaid.
    """
    rows = [message, *message.led.select_related("order__buyer", "order__shop")]
    why = {row.pk: _why_not(row) for row in rows}
    left = [row for row in rows if not why[row.pk]]
    _skip([row for row in rows if why[row.pk]], why, now)
    if not left:
        return None
    if message.kind != MessageKind.PAYMENT_REMINDER:
        return from_act(message.say)
    found = unpaid(Order.objects.filter(pk__in=[row.order_id for row in left]))
    return reminder(found, message.order.shop)


def _why_not(row: CustomerMessage) -> str:
    _ = row.order.buyer
    why = reminding.still_fits(MessageKind(row.kind), row.order.facts([]))
    delayed = row.kind == MessageKind.DELAYED and not why
    if delayed and CustomerMessage.objects.filter(ALL_HERE, pk=row.pk).exists():
        return "这一单的货已经齐了"
    return why


def _skip(rows: Sequence[CustomerMessage], why: dict[int, str], now: datetime) -> None:
    for row in rows:
        _end(row, TellState.SKIPPED, now, why[row.pk], f"{row.label}没有发：{why[row.pk]}")


def was_sent(message: CustomerMessage, now: datetime) -> None:
    """The provider took it. The timeline said so when it was decided; no act of its own."""
    rows = CustomerMessage.objects.filter(Q(pk=message.pk) | Q(led_by=message.pk))
    queued = rows.filter(state=TellState.QUEUED.value)
    queued.update(state=TellState.SENT.value, done_at=now)


def was_refused(message: CustomerMessage, why: str, now: datetime) -> bool:
    """It cannot be sent by SMS: a colleague tells the buyer, where the shop tells by chat, too.

    Says whether somebody will; else it has failed.
    """
    by_chat = f"{message.kind}:{How.CHAT}" in message.order.shop.tells
    state = TellState.TO_TELL if by_chat else TellState.FAILED
    for row in [message, *message.led.select_related("order")]:
        _end(row, state, now, why, f"{row.label}没有发成：{why}")
    return by_chat


def _end(row: CustomerMessage, state: TellState, now: datetime, why: str, said: str) -> None:
    with act("tell_customer", row.order, by=TIMER, now=now, clause="6.b") as (_, log):
        kept = CustomerMessage.objects.filter(pk=row.pk, state=TellState.QUEUED.value)
        done = None if state is TellState.TO_TELL else now
        kept.update(state=state.value, why=why[:200], done_at=done)
        log.noted(said)
