"""Celery: housekeeping of the staff room."""

from __future__ import annotations

from celery import shared_task

from staff.services.presence import forget_old


@shared_task(ignore_result=True)
def forget_old_presence() -> int:
    return forget_old()
