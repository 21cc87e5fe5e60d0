"""Celery: what is due in the orders room."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from core.sweeping import sweep
from orders.services.api_answers import forget_answers
from orders.services.close_unpaid import close_due
from orders.services.exporting import forget, job  # noqa: F401  (job: its worker registers)
from orders.services.hold import lift_due_holds as lift
from orders.services.importing import job as _importing  # noqa: F401 - registers its worker
from orders.services.importing import pull
from orders.services.late_goods import tell_delays
from orders.services.release_due import review_due
from orders.services.remind import remind_due
from orders.services.sending import drop_outdated, send_planned
from orders.services.serving import serve_marked
from orders.services.shortage import tell_moved
from orders.services.stock_check import check_stock as check_the_stock
from orders.services.webhooks import forget_deliveries


@shared_task(ignore_result=True)
def lift_due_holds() -> int:
    """End the holds whose time has come."""
    return lift(timezone.now())


@shared_task(ignore_result=True)
def forget_old_exports() -> int:
    """Delete exports that are a week old."""
    return forget.forget_old_exports(timezone.now())


@shared_task(ignore_result=True)
def forget_api_answers() -> None:
    """Remove the API's answers that are a day old, and the log of webhooks after a month."""
    forget_answers(timezone.now())
    forget_deliveries(timezone.now())


@shared_task(ignore_result=True)
def attend_unpaid() -> None:
    """Close what is past its limit, then remind of what is due (SOP 2.a)."""
    sweep(lambda: close_due(timezone.now()))
    sweep(lambda: remind_due(timezone.now()))


@shared_task(ignore_result=True)
def review_paid() -> int:
    """Run the review rules on what is due, and release what is clean (SOP 2.b)."""
    return sweep(lambda: review_due(timezone.now()))


@shared_task(ignore_result=True)
def tell_customers() -> None:
    """Send what waited for its time, and tell of promises that passed (SOP 6.b)."""
    sweep(lambda: drop_outdated(timezone.now()))
    sweep(lambda: send_planned(timezone.now()))
    sweep(lambda: tell_delays(timezone.now()))


@shared_task(ignore_result=True)
def ask_for_sold() -> int:
    """Ask the platforms of connected shops what was sold."""
    return pull.ask_for_sold(timezone.now())


@shared_task(ignore_result=True)
def serve_waiting() -> int:
    """Give what came or was freed to the orders that wait for it (SOP 1.3, 5.b)."""
    return sweep(lambda: serve_marked(timezone.now()))


@shared_task(ignore_result=True)
def check_stock() -> int:
    """Compare stock levels with what their movements and the orders say (SOP 5.b)."""
    return check_the_stock(timezone.now())


@shared_task(ignore_result=True)
def tell_expected() -> int:
    """Tell who waits for goods when the day of their arrival changed (SOP 5.d)."""
    return tell_moved(timezone.now())
