"""Celery: work the jobs and deliver the messages that are due."""

from __future__ import annotations

import time

from celery import shared_task
from django.db import connection
from django.utils import timezone

from core import messages
from core.work import hint, work_one

PAUSE = 0.2  # seconds in which others may write: SQLite has one writer at a time


@shared_task(ignore_result=True)
def work_jobs() -> int:
    """Work a slice of a due job and hint at the next: a stop waits for one slice at most."""
    worked = work_one(timezone.now())
    if worked:
        hint()
    return int(worked)


@shared_task(ignore_result=True)
def deliver_messages() -> int:
    """Handle due messages for a few seconds, and hint at the next slice while there are some."""
    handled = messages.deliver_due()
    if handled:
        messages.hint()
    return handled


@shared_task(ignore_result=True)
def prune_messages() -> int:
    """Remove delivered messages after 30 days; what a slice leaves, the next sweep removes."""
    end, removed = time.monotonic() + messages.SLICE_SECONDS, 0
    while (some := messages.prune(timezone.now())) and time.monotonic() < end:
        removed += some
        if connection.vendor == "sqlite":
            time.sleep(PAUSE)
    return removed
