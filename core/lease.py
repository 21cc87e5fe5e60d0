"""Who works on a row: claimed by one conditional UPDATE, held by a lease (architecture §6).

Jobs and messages share it. `not_before` says when a waiting row is due and when a claimed one is
free again, so one index finds both.
"""

from __future__ import annotations

import random
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Any, TypeVar

from django.db import connection, models, transaction
from django.db.models import F

M = TypeVar("M", bound=models.Model)

LEASE = timedelta(seconds=60)
DELAYS = [10, 60, 300, 1800, 7200]  # seconds before the 2nd, 3rd … try
MOST_TRIES = len(DELAYS) + 1


def claim(due: models.QuerySet[M], now: datetime, *, state: str, limit: int = 1) -> list[M]:
    """Take up to `limit` rows, the longest due first; nobody else gets them before the lease ends.

    `due` are the rows that wait or are worked on; each claim counts as a try.
    """
    order = ("not_before", "pk")
    waiting = due.filter(not_before__lte=now).order_by(*order)
    locks = connection.features.has_select_for_update_skip_locked
    if not locks and not waiting.exists():  # there a transaction alone keeps others from writing
        return []
    with transaction.atomic():
        if locks:
            waiting = waiting.select_for_update(skip_locked=True, of=("self",), no_key=True)
        ids = _together(list(waiting.values_list("pk", "state")[:limit]), state)
        if not ids:
            return []
        rows = due.model._default_manager.filter(pk__in=ids)
        rows.update(state=state, lease=uuid.uuid4(), not_before=now + LEASE, tries=F("tries") + 1)
        return list(rows.order_by(*order))


def _together(found: Sequence[tuple[Any, str]], claimed: str) -> list[Any]:
    """What is taken at once. A row whose lease ran out comes alone.

    It may be what killed its worker; those it was taken with would die beside it, try by try.
    """
    fresh = [pk for pk, _ in takewhile(lambda row: row[1] != claimed, found)]
    return fresh or [pk for pk, _ in found[:1]]


def held(row: Any) -> models.QuerySet[Any]:
    """The row while it is ours: empty when the lease ran out and another went on."""
    rows: models.QuerySet[Any] = type(row)._default_manager.all()
    return rows.filter(pk=row.pk, lease=row.lease, state=row.state)


def next_try(row: Any, now: datetime) -> datetime:
    """When to try again: later each time, spread so that not all come at once."""
    delay = DELAYS[min(max(row.tries, 1), len(DELAYS)) - 1]
    return now + timedelta(seconds=delay * random.uniform(0.8, 1.2))
