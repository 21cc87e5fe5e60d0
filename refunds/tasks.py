"""Celery: what is due in the refunds room."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from core.sweeping import sweep
from refunds.services import listing, pulling, stops, timers  # noqa: F401 (its worker)
from refunds.services.reconcile import comparing, fetching, reading  # noqa: F401 (its worker)


@shared_task(ignore_result=True)
def watch_refunds() -> int:
    """Windows that opened or close soon, promises at risk or broken (SOP 1.5)."""
    return (
        sweep(lambda: timers.open_windows(timezone.now()))
        + sweep(lambda: timers.warn_of_closing(timezone.now()))
        + sweep(lambda: timers.raise_at_risk(timezone.now()))
        + sweep(lambda: timers.escalate_broken(timezone.now()))
    )


@shared_task(ignore_result=True)
def send_refunds() -> int:
    """What is approved, and cannot be undone any more (SOP 1.2.f)."""
    return sweep(lambda: timers.send_approved(timezone.now()))


@shared_task(ignore_result=True)
def hear_stops() -> int:
    """What the warehouse answered to refunds that asked for their parcels (SOP 1.2.b)."""
    return sweep(lambda: stops.hear_stops(timezone.now()))


@shared_task(ignore_result=True)
def ask_for_refunds() -> int:
    """Ask the platforms of connected shops which refunds were applied for."""
    return pulling.ask_for_refunds(timezone.now())


@shared_task(ignore_result=True)
def look_at_differences() -> int:
    """What we learnt since explains some; rows of old bills go (SOP 6.d)."""
    return sweep(lambda: comparing.look_again(timezone.now())) + sweep(
        lambda: comparing.forget_rows(timezone.now())
    )


@shared_task(ignore_result=True)
def fetch_bills() -> int:
    """Ask the gateways for the bills of the last days (SOP 6.d)."""
    return fetching.ask_for_bills(timezone.now())
