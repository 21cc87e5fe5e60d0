"""Celery: what is due in the after-sales room."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from aftersales.services import (
    hearing,
    modifications,
    parcel_news,
    partial,
    resends,
    stock_outs,
    swaps,
    timers,
    way_back,
)
from core.sweeping import sweep


@shared_task(ignore_result=True)
def watch_cases() -> int:
    """Waits that are over, promises that are broken, customers who do not answer (SOP 3)."""
    return (
        sweep(lambda: timers.close_silent(timezone.now()))
        + sweep(lambda: timers.nudge(timezone.now()))
        + sweep(lambda: timers.escalate(timezone.now()))
    )


@shared_task(ignore_result=True)
def hear_rooms() -> int:
    """Money that went back or did not, goods that left, for cases that wait for it (1.4.f)."""
    return (
        sweep(lambda: hearing.hear_refunds(timezone.now()))
        + sweep(lambda: hearing.hear_orders(timezone.now()))
        + sweep(lambda: partial.hear_decisions(timezone.now()))
    )


@shared_task(ignore_result=True)
def hear_before() -> int:
    """Goods that came, stops and carriers that answered, for cases that wait (1.1.e, 1.2.d)."""
    return (
        sweep(lambda: stock_outs.hear_goods(timezone.now()))
        + sweep(lambda: modifications.hear_answers(timezone.now()))
        + sweep(lambda: swaps.hear_top_ups(timezone.now()))
        + sweep(lambda: swaps.hear_too_late(timezone.now()))
    )


@shared_task(ignore_result=True)
def hear_parcels() -> int:
    """Parcels that cannot be delivered, come back, or reached their customer (SOP 1.4′, 3.b)."""
    return (
        sweep(lambda: parcel_news.hear_delivered(timezone.now()))
        + sweep(lambda: parcel_news.hear_troubles(timezone.now()))
        + sweep(lambda: parcel_news.hear_answers(timezone.now()))
        + sweep(lambda: resends.hear_closed(timezone.now()))
        + sweep(lambda: way_back.hear_signed(timezone.now()))
    )
