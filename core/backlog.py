"""What waits and what failed, at a price that does not grow with what is done: partial indexes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Min

from core.counting import capped_counts
from core.models import WAITING, Job, JobState, Message, MessageState

CAP = 10_000


@dataclass(frozen=True, slots=True)
class Backlog:
    """Messages of one box. Counts end at CAP; ages in seconds.

    `lag` is how long the longest due one has been due; `oldest` how long ago the oldest waiting
    one was written, which may have been for a later hour.
    """

    waiting: int
    failed: int
    lag: float
    oldest: float


def backlog(model: type[Message], now: datetime) -> Backlog:
    """What stands in the outbox or the inbox."""
    rows = model._default_manager
    waiting = rows.filter(state__in=WAITING)
    counts = capped_counts([[waiting], [rows.filter(state=MessageState.FAILED)]], CAP)
    ages = [
        waiting.filter(**{f"{name}__lte": now}).aggregate(first=Min(name))["first"]
        for name in ("not_before", "created_at")
    ]
    lag, oldest = ((now - first).total_seconds() if first else 0.0 for first in ages)
    return Backlog(counts[0], counts[1], lag, oldest)


def jobs() -> dict[str, int]:
    """How many jobs wait, run and failed."""
    open_, failed = Job.objects.filter(state__in=["pending", "running"]), JobState.FAILED
    lists = [[open_.filter(state=state)] for state in (JobState.PENDING, JobState.RUNNING)]
    counts = capped_counts([*lists, [Job.objects.filter(state=failed)]], CAP)
    return dict(zip(["pending", "running", "failed"], counts, strict=True))
