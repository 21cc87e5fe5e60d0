"""Printed files are deleted a day after they were asked for: a label is personal data."""

from __future__ import annotations

from datetime import datetime, timedelta

from core.models import Job
from core.work import cancel
from warehouse.selectors.prints import KIND
from warehouse.services.papers.job import discard

KEPT = timedelta(days=1)
BATCH = 100


def forget_old_prints(now: datetime) -> int:
    """The files first, so that none stays without a row; who printed what stays (`Printed`)."""
    old = Job.objects.filter(kind=KIND, created_at__lt=now - KEPT).order_by("created_at")[:BATCH]
    for job in old:
        cancel(job)
        discard(job)
        job.delete()
    return len(old)
