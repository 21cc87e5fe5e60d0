"""Celery: what is due in the orders room."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from orders.services.api_answers import forget_answers
from orders.services.exporting import forget, job  # noqa: F401  (job: its worker registers)
from orders.services.hold import lift_due_holds as lift
from orders.services.importing import job as _importing  # noqa: F401 - registers its worker


@shared_task(ignore_result=True)
def lift_due_holds() -> int:
    """End the holds whose time has come."""
    return lift(timezone.now())


@shared_task(ignore_result=True)
def forget_old_exports() -> int:
    """Delete exports that are a week old."""
    return forget.forget_old_exports(timezone.now())


@shared_task(ignore_result=True)
def forget_api_answers() -> int:
    """Remove the API's answers that are a day old."""
    return forget_answers(timezone.now())
