"""Celery: what is due in the orders room."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from orders.services.hold import lift_due_holds as lift


@shared_task(ignore_result=True)
def lift_due_holds() -> int:
    """End the holds whose time has come."""
    return lift(timezone.now())
