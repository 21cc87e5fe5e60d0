"""Celery: housekeeping of the staff room."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from staff.services.calendar import tell_of_end
from staff.services.presence import forget_old


@shared_task(ignore_result=True)
def forget_old_presence() -> int:
    return forget_old()


@shared_task(ignore_result=True)
def look_at_calendar() -> bool:
    return tell_of_end(timezone.localdate())
