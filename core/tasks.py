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
def work_jobs() -> None:
    """Work a slice of a due job and hint at the next: a stop waits for one slice at most."""
    if work_one(timezone.now()):
        hint()


@shared_task(ignore_result=True)
def deliver_messages() -> None:
    """Handle due messages for a few seconds, and hint at the next slice while there are some."""
    if messages.deliver_due():
        messages.hint()


@shared_task(ignore_result=True)
def prune_messages() -> None:
    """Remove delivered messages after 30 days; what a slice leaves, the next sweep removes."""
    end = time.monotonic() + messages.SLICE_SECONDS
    while messages.prune(timezone.now()) and time.monotonic() < end:
        if connection.vendor == "sqlite":
            time.sleep(PAUSE)
