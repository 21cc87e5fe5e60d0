"""The platform is told carrier and waybill (SOP 2.h)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime

from core.acts import TIMER, Actor, Repeated, lock
from core.messages import Outgoing, send_all
from core.models import Act
from orders.models import Order
from orders.policy import GONE
from orders.services.acting import order_act
from orders.services.news import shipped
from orders.services.note import write_note
from orders.services.platform import ask_by_hand, connected_shops
from orders.services.telling import tell_buyers
from orders.words import BY_HAND, HandTaskKind
from warehouse import following as policy
from warehouse.models import Dispatch
from warehouse.selectors.numbers import Number, cause_of, numbers_of
from warehouse.words import DispatchState

TOPIC = "platform.dispatch"


def dispatch(order: Order, now: datetime) -> None:
    """What follows from shipping, inside the act that ships (SOP 2.g, 2.h, 6.b).

    Each platform number of the order is told; the buyer is told. Its way is followed by the
    sweep that `Order.ship` wakes (`Order.track_at`). An order without a waybill (pick-up by the
    customer) tells the platform nothing.
    """
    tell_numbers(order, now)
    tell_buyers([shipped(order, now)], now)


def tell_numbers(order: Order, now: datetime, *, corrects: bool = False) -> None:
    """Tell the platform this waybill for each number, inside a running act."""
    known = [number for number in numbers_of(order) if _is_known_there(number)]
    if not known or not order.waybill:
        return
    _note_further_parcels(order, [number for number in known if number.again], now)
    numbers = [number for number in known if not number.over]
    connected = connected_shops([number.shop for number in numbers])
    by_hand = [number for number in numbers if number.shop.pk not in connected]
    ask_by_hand(
        [(order, _text(order, number), cause_of(order, number)) for number in by_hand],
        HandTaskKind.DISPATCH,
        now=now,
    )
    earlier = set(Dispatch.objects.filter(order=order).values_list("platform_no", "waybill"))
    once = {platform_no for platform_no, _ in earlier}
    rows = [
        _row(order, number, corrects or number.platform_no in once, now)
        for number in numbers
        if number.shop.pk in connected and (number.platform_no, order.waybill) not in earlier
    ]
    for row in rows:
        row.save(force_insert=True)
    _send(rows, order, now)


def _note_further_parcels(order: Order, numbers: Sequence[Number], now: datetime) -> None:
    """A line of the platform that went with an earlier parcel cannot be sent once more (2.h).

    The further waybill stands in the seller memo, on the platform, too; the buyer is told of it
    like of any that leaves.
    """
    for number in numbers:
        text = (
            f"{number.again} 分几个包裹发，平台只登记最先发的那个；"
            f"这个包裹是 {order.carrier_name} {order.waybill}。"
        )
        write_note(number.order or order, text, by=TIMER, now=now, for_shop=True)


def _row(order: Order, number: Number, corrects: bool, now: datetime) -> Dispatch:
    return Dispatch(
        order=order,
        shop=number.shop,
        platform_no=number.platform_no,
        lines=number.lines,
        carrier=order.carrier,
        waybill=order.waybill,
        corrects=corrects,
        at=now,
    )


def _is_known_there(number: Number) -> bool:
    """Is there a platform that knows it? Not of what was sent again from here (SOP 1.2.d)."""
    alone = number.order is not None and number.order.ours_alone
    return number.shop.channel not in BY_HAND and not alone


def _text(order: Order, number: Number) -> str:
    other = number.platform_no != order.platform_no
    about = [f"平台单号 {number.platform_no}"] if other else []
    about += ["只发其中一部分，按拆单发货"] if number.lines else []
    return f"{order.carrier_name} {order.waybill}{'（' + '，'.join(about) + '）' if about else ''}"


def _send(rows: Sequence[Dispatch], order: Order, now: datetime) -> None:
    send_all(
        [
            Outgoing(
                TOPIC,
                row.topic_key,
                {"dispatch": row.pk},
                line=f"{TOPIC}:{order.pk}:{row.platform_no}",
                order_no=order.order_no,
            )
            for row in rows
        ],
        now=now,
    )


def forget_earlier(order: Order, now: datetime) -> None:
    """Nobody waits for what was to be told of an earlier waybill; inside a running act."""
    waiting = [DispatchState.SENDING.value, DispatchState.FAILED.value]
    for row in Dispatch.objects.filter(order=order, state__in=waiting):
        lock(row).drop(now)


# -- what the platform answered --------------------------------------------------------------------


def was_told(row: Dispatch, key: str, *, now: datetime) -> None:
    """The platform has it; once for each message's `key`."""
    with (
        suppress(Repeated),
        order_act("tell_platform", row.order, by=TIMER, token=_token(key), now=now) as (_, log),
    ):
        fresh = lock(row)
        if fresh.state in (DispatchState.SENDING, DispatchState.FAILED):
            fresh.told(now)
        log.noted(f"平台已登记发货：{fresh.platform_no} {fresh.waybill}", clause="2.h")


def was_refused(row: Dispatch, why: str, key: str, *, now: datetime) -> None:
    """The platform does not take it: it stands on the worklist; once for each `key`."""
    with (
        suppress(Repeated),
        order_act("tell_platform", row.order, by=TIMER, token=_token(key), now=now) as (_, log),
    ):
        fresh = lock(row)
        if fresh.state == DispatchState.SENDING:
            fresh.refused(why)
        log.noted(f"平台发货没有成功：{fresh.platform_no}", clause="2.h", reason=why)


def _token(key: str) -> uuid.UUID:
    return uuid.uuid5(uuid.NAMESPACE_URL, key)


# -- what people do --------------------------------------------------------------------------------


def retry_dispatch(
    order: Order,
    row: Dispatch,
    *,
    by: Actor,
    now: datetime,
    seen: int | None = None,
    token: uuid.UUID | None = None,
) -> Act:
    """Tell the platform once more, since the reason is gone. Raises Refused, Repeated."""
    with order_act("retry_dispatch", order, by=by, token=token, now=now) as (order, log):
        fresh = _failed(row)
        fresh.again()
        _send([fresh], order, now)
        log.noted(f"再发一次：{fresh.platform_no}", clause="2.h")
    return log.act


def finish_dispatch(
    order: Order,
    row: Dispatch,
    *,
    by: Actor,
    now: datetime,
    seen: int | None = None,
    token: uuid.UUID | None = None,
) -> Act:
    """It was typed in on the platform's own pages. Raises Refused, Repeated."""
    with order_act("finish_dispatch", order, by=by, token=token, now=now) as (_, log):
        fresh = _failed(row)
        fresh.by_hand(now)
        log.noted(f"已在平台后台登记发货：{fresh.platform_no}", clause="2.h")
    return log.act


def _failed(row: Dispatch) -> Dispatch:
    fresh = lock(row)
    failed = fresh.state == DispatchState.FAILED
    policy.may_retry(failed, fresh.get_state_display()).require()
    return fresh


def still_to_tell(row: Dispatch) -> bool:
    """Is it still wanted? Not when the waybill was corrected, or the parcel pulled, meanwhile."""
    return row.state == DispatchState.SENDING and row.order.state in GONE
