"""Celery: what is due in the warehouse."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from core.sweeping import sweep
from orders.services.finish import complete_due
from warehouse.services import enquiries, news, tracking
from warehouse.services.papers import forget, job  # noqa: F401  (job: its worker registers)


@shared_task(ignore_result=True)
def follow_parcels() -> int:
    """What left is followed; what nothing was heard of is asked about, or goes on the worklist."""
    return (
        sweep(lambda: tracking.take_up(timezone.now()))
        + sweep(lambda: tracking.ask_due(timezone.now()))
        + sweep(lambda: news.look(timezone.now()))
    )


@shared_task(ignore_result=True)
def remind_of_enquiries() -> int:
    """Whoever asked a carrier is told that the answer is late."""
    return sweep(lambda: enquiries.remind_due(timezone.now()))


@shared_task(ignore_result=True)
def complete_orders() -> int:
    """What was received is complete after the shop's days."""
    return sweep(lambda: complete_due(timezone.now()))


@shared_task(ignore_result=True)
def forget_old_prints() -> int:
    """Delete the files of prints that are a day old."""
    return forget.forget_old_prints(timezone.now())
