"""Exports are deleted a week after they were asked for."""

from __future__ import annotations

from datetime import datetime

from core.models import Job
from core.work import cancel
from orders.services.exporting.ask import KEPT, KIND
from orders.services.exporting.job import discard

BATCH = 100


def forget_old_exports(now: datetime) -> int:
    """Remove files and rows of old exports; the file first, so that none stays without a row."""
    old = Job.objects.filter(kind=KIND, created_at__lt=now - KEPT).order_by("created_at")[:BATCH]
    for job in old:
        cancel(job)
        discard(job)
        job.delete()
    return len(old)
