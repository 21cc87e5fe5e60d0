"""Celery: work the jobs that are due."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from core.work import hint, work_one


@shared_task(ignore_result=True)
def work_jobs() -> None:
    """Work a slice of a due job and hint at the next: a stop waits for one slice at most."""
    if work_one(timezone.now()):
        hint()
