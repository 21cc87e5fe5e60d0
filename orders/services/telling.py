"""Tell buyers something: written with the act, sent by the outbox or by a colleague (SOP 6.b)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.bulk import find, next_ids, write
from core.messages import Outgoing, send_new
from core.verdict import Say
from orders import reminding
from orders.models import Buyer, CustomerMessage, Order, Shop
from orders.words import How, MessageKind, TellState

TOPIC = "customer.message"
NO_WAY = "没有能用的手机号，店铺也没有开聊天告知"
REPLACED = "还没告知，就到了下一次"
_COLUMNS = (
    *("id", "order_id", "buyer_id", "kind", "step", "how", "state", "say", "why", "led_by_id"),
    *("at", "send_at"),
)


@dataclass(slots=True)
class Telling:
    """A message to be written. `how` '': it cannot be sent. `led_by`: see the model."""

    order_id: int
    order_no: str
    buyer_id: int | None
    kind: MessageKind
    say: Say
    how: How | None
    step: int = 0
    send_at: datetime | None = None
    led_by: Telling | None = None
    id: int = 0

    @property
    def key(self) -> str:
        return f"customer:{self.order_no}:{self.kind}:{self.step}"


def write_tellings(tellings: Sequence[Telling], now: datetime) -> None:
    """Write new messages inside a running act; those by SMS go to the outbox, or wait for 08:00."""
    if not tellings:
        return
    _replace_older(tellings, now)
    for telling, key in zip(tellings, next_ids(CustomerMessage, len(tellings)), strict=True):
        telling.id = key
    states = [_state(telling, now) for telling in tellings]
    rows = [_row(*each, now) for each in zip(tellings, states, strict=True)]
    write(CustomerMessage, _COLUMNS, rows)
    queued = [t for t, s in zip(tellings, states, strict=True) if s is TellState.QUEUED]
    send_new([outgoing(t.id, t.key, t.order_no) for t in queued if not t.led_by], now=now)


def _replace_older(tellings: Sequence[Telling], now: datetime) -> None:
    """A reminder that no colleague has passed on yet gives way to the next one of its order."""
    orders = [t.order_id for t in tellings if t.how is How.CHAT and t.step > 1]
    if not orders:
        return
    waiting = CustomerMessage.objects.filter(order__in=orders, state=TellState.TO_TELL.value)
    waiting.filter(kind=MessageKind.PAYMENT_REMINDER.value).update(
        state=TellState.SKIPPED.value, why=REPLACED, done_at=now
    )


def outgoing(message_id: int, key: str, order_no: str) -> Outgoing:
    """The outbox's message: it carries ids only."""
    return Outgoing(TOPIC, key, {"message": message_id}, order_no=order_no)


def _state(telling: Telling, now: datetime) -> TellState:
    if telling.how is None:
        return TellState.SKIPPED
    if _send_at(telling, now) > now:
        return TellState.PLANNED
    return TellState.QUEUED if telling.how is How.SMS else TellState.TO_TELL


def _send_at(telling: Telling, now: datetime) -> datetime:
    return reminding.awake(max(telling.send_at or now, now))


def _row(telling: Telling, state: TellState, now: datetime) -> list[Any]:
    say = {"key": telling.say.key, "values": dict(telling.say.values)}
    why = NO_WAY if state is TellState.SKIPPED else ""
    send_at = _send_at(telling, now) if state is TellState.PLANNED else None
    lead = telling.led_by.id if telling.led_by else None
    return [
        *(telling.id, telling.order_id, telling.buyer_id, telling.kind.value, telling.step),
        *(telling.how or "", state.value, say, why, lead, now, send_at),
    ]


# -- what happened to an order ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class News:
    """Something that happened to an order at `at`, for its buyer; `send_at`: not before then."""

    order: Order
    kind: MessageKind
    say: Say
    at: datetime
    step: int = 0
    send_at: datetime | None = None


def tell_buyers(news: Iterable[News], now: datetime) -> int:
    """Tell them inside a running act, each thing once, when the shop wants it (SOP 6.b).

    What happened more than a day ago is history that an import brought: nobody is told. Says how
    many messages were written.
    """
    fresh = [each for each in news if each.at > now - reminding.RECENT and _wanted(each)]
    if not fresh:
        return 0
    known = _known(fresh)
    deaf = opted_out({each.order.buyer_id for each in fresh})
    tellings = [
        _telling(each)
        for each in fresh
        if _place(each) not in known and each.order.buyer_id not in deaf
    ]
    possible = [telling for telling in tellings if telling.how]
    write_tellings(possible, now)
    return len(possible)


def _wanted(news: News) -> bool:
    """Is this kind switched on in any way? Asked first: most shops want few of them."""
    tells = news.order.shop.tells
    return news.order.shop.active and any(f"{news.kind}:{how}" in tells for how in How)


def _place(news: News) -> tuple[int, str, int]:
    return news.order.pk, news.kind.value, news.step


def _known(news: Sequence[News]) -> set[tuple[int, str, int]]:
    ids = [each.order.pk for each in news]
    return set(find(CustomerMessage, "order_id", ids, "order_id", "kind", "step"))


def opted_out(buyers: set[int | None]) -> set[int | None]:
    """Those buyers who want no messages."""
    ids = [key for key in buyers if key is not None]
    return {key for key, silent in find(Buyer, "id", ids, "id", "no_messages") if silent}


def _telling(news: News) -> Telling:
    order = news.order
    how = reminding.way(order.shop.tells, news.kind, order.mobile)
    return Telling(
        order.pk,
        order.order_no,
        order.buyer_id,
        news.kind,
        news.say,
        how,
        news.step,
        news.send_at,
    )


WAITS = [TellState.PLANNED.value, TellState.QUEUED.value, TellState.TO_TELL.value]


def need_not_tell(order: Order, kind: MessageKind, why: str, now: datetime) -> None:
    """What waits of this kind is not said any more; inside a running act on the order."""
    waiting = CustomerMessage.objects.filter(order=order, kind=kind.value, state__in=WAITS)
    waiting.update(state=TellState.SKIPPED.value, why=why, send_at=None, done_at=now)


def shops() -> dict[int, Shop]:
    """All shops by id: there are few."""
    return Shop.objects.in_bulk()
