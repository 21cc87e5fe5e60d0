"""Parcels are followed by their waybill: begun, subscribed, asked about, ended (SOP 6.a)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from core.messages import Outgoing, send_all
from core.sweeping import BATCH, locked
from orders.models import Order
from orders.services.finish import complete_top_ups
from orders.words import OrderState
from warehouse import following as policy
from warehouse.models import Tracking
from warehouse.selectors.tracking import followable, term_of, terms
from warehouse.services.troubles import settle_by_itself
from warehouse.words import TrackState

SUBSCRIBE, QUERY = "carrier.subscribe", "carrier.query"


def take_up(now: datetime, limit: int = BATCH) -> int:
    """Follow a batch of what left, and complete their top-ups; says how many were due.

    Shipping, an import and a corrected waybill leave `track_at`; each is taken up once.
    """
    due = Order.objects.filter(track_at__lte=now)
    if not due.exists():
        return 0
    with transaction.atomic():
        rows = list(locked(due).select_related("shop").order_by("track_at", "id")[:limit])
        ids = [order.pk for order in rows]
        _begin([o for o in rows if o.waybill and o.state == OrderState.SHIPPED], now)
        Order.objects.filter(pk__in=ids).update(track_at=None)
    complete_top_ups(ids, now)
    return len(rows)


def _begin(orders: Sequence[Order], now: datetime) -> None:
    known, able = terms(), followable(orders)
    Tracking.objects.bulk_create(
        [
            Tracking(
                order=order,
                carrier=order.carrier,
                waybill=order.waybill,
                made_at=now,
                look_at=policy.look_at(
                    TrackState.UNCLEAR, order.shipped_at or now, term_of(order.carrier, known)
                )
                if order.pk in able
                else None,
                poll_at=now + policy.ASK_AGAIN,
            )
            for order in orders
        ],
        ignore_conflicts=True,
        batch_size=500,
    )
    numbers = [order.waybill for order in orders]
    fresh = Tracking.objects.filter(order__in=orders, waybill__in=numbers, ended_at__isnull=True)
    send_all(
        [
            _subscription(row)
            for row in fresh.select_related("order")
            if row.order_id in able and not row.subscribed
        ],
        now=now,
    )


def _subscription(row: Tracking) -> Outgoing:
    order_no = row.order.order_no
    return Outgoing(SUBSCRIBE, f"{SUBSCRIBE}:{row.pk}", {"tracking": row.pk}, order_no=order_no)


# -- what the buyer sends back ---------------------------------------------------------------------


def follow_back(order: Order, carrier: str, waybill: str, now: datetime) -> None:
    """Follow the parcel that a buyer sends, as our own are; inside a running act (SOP 1.4.d).

    One that was told by mistake before is let go.
    """
    for row in _coming(order).exclude(waybill=waybill):
        _let_go(row, "运单号改了", now)
    able = order.pk in followable([order])
    look_at = policy.look_at(TrackState.UNCLEAR, now, term_of(carrier, terms())) if able else None
    about = {"carrier": carrier, "look_at": look_at, "poll_at": now + policy.ASK_AGAIN}
    rows = Tracking.objects.select_related("order")
    first = about | {"inbound": True, "made_at": now}
    row, new = rows.get_or_create(order=order, waybill=waybill, defaults=first)
    if not row.inbound:  # the same as our own parcel's: that one is followed
        return
    if not new:
        rows.filter(pk=row.pk).update(ended_at=None, **about)
    if able and not row.subscribed:
        send_all([_subscription(row)], now=now)


def came_back(order: Order, waybill: str, now: datetime) -> None:
    """It is here: nobody waits for its news any more; inside a running act (SOP 1.4.f)."""
    for row in _coming(order).filter(waybill=waybill):
        _let_go(row, "已经到仓库了", now)


def _coming(order: Order) -> QuerySet[Tracking]:
    return Tracking.objects.filter(order=order, inbound=True)


def _let_go(row: Tracking, why: str, now: datetime) -> None:
    settle_by_itself(row, why, now)
    ended = row.ended_at or now
    Tracking.objects.filter(pk=row.pk).update(
        ended_at=ended, poll_at=None, look_at=None, trouble=""
    )


def was_subscribed(row: Tracking, system: str, now: datetime) -> None:
    """Its news will be pushed; it is asked about less often."""
    Tracking.objects.filter(pk=row.pk, ended_at__isnull=True).update(
        subscribed=system, poll_at=now + policy.ASK_ANYWAY
    )


def was_refused(row: Tracking, why: str) -> None:
    """Nobody follows it for us, and why; it is asked about again at the next poll."""
    Tracking.objects.filter(pk=row.pk).update(why_not=why[:200])


def ask_due(now: datetime, limit: int = BATCH) -> int:
    """Ask about a batch of parcels that nothing was heard of; says how many were due.

    A shop that nobody follows parcels for is looked at again tomorrow.
    """
    due = Tracking.objects.filter(poll_at__lte=now)
    if not due.exists():
        return 0
    with transaction.atomic():
        batch = locked(due).select_related("order__shop").order_by("poll_at", "id")
        rows = list(batch[:limit])
        able = followable([row.order for row in rows])
        asked = [row for row in rows if row.order_id in able]
        for row in rows:
            row.poll_at = _next(row, asked=row.order_id in able, now=now)
        Tracking.objects.bulk_update(rows, ["poll_at"], batch_size=500)
        send_all([_query(row, now) for row in asked if row.poll_at], now=now)
    return len(rows)


def _next(row: Tracking, *, asked: bool, now: datetime) -> datetime | None:
    pushed = bool(row.subscribed) or not asked
    state = TrackState(row.stage)
    return policy.poll_at(state, row.last_at or row.made_at, pushed=pushed, now=now)


def _query(row: Tracking, now: datetime) -> Outgoing:
    return Outgoing(
        QUERY,
        f"{QUERY}:{row.pk}:{now:%Y%m%d%H}",
        {"tracking": row.pk},
        order_no=row.order.order_no,
    )


def stop_following(order: Order, now: datetime) -> None:
    """Its waybill was wrong: nothing is waited for under it; inside a running act."""
    rows = Tracking.objects.filter(order=order, inbound=False, ended_at__isnull=True)
    for row in rows:
        settle_by_itself(row, "运单号已更正", now)
    rows.update(ended_at=now, poll_at=None, look_at=None, trouble="", keeps_until=None)
