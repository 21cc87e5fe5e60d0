"""Celery: work the jobs and deliver the messages that are due."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from core import messages
from core.work import hint, work_one


@shared_task(ignore_result=True)
def work_jobs() -> None:
    """Work a slice of a due job and hint at the next: a stop waits for one slice at most."""
    if work_one(timezone.now()):
        hint()


@shared_task(ignore_result=True)
def deliver_messages() -> None:
    """Handle due messages for a few seconds, and hint at the next slice while there are more."""
    if messages.deliver_due() >= messages.BATCH:
        messages.hint()


@shared_task(ignore_result=True)
def prune_messages() -> None:
    """Remove delivered messages after 30 days."""
    while messages.prune(timezone.now()):
        pass
