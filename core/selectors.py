"""What waits and what was done, for screens and monitors; each answer is one look into an index."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Model

from core.models import WAITING, Act, InboxMessage, Message, OutboxMessage

LATE = timedelta(
    minutes=2
)  # a sweep comes every five seconds: then the worker or its broker is away
BOXES: dict[str, type[Message]] = {"out": OutboxMessage, "in": InboxMessage}


def oldest_due(now: datetime) -> datetime | None:
    """Since when the message that is due longest has been due; None when nothing waits.

    One that waits for its time (a reminder at eight) or for its next try is not due.
    """
    firsts = [_first_due(box) for box in BOXES.values()]
    return min((at for at in firsts if at and at <= now), default=None)


def late_since(now: datetime) -> datetime | None:
    """The same where it is so long ago that somebody should look; else None."""
    oldest = oldest_due(now)
    return oldest if oldest and now - oldest > LATE else None


def _first_due(box: type[Message]) -> datetime | None:
    waiting = box._default_manager.filter(state__in=WAITING)
    return waiting.order_by("not_before", "pk").values_list("not_before", flat=True).first()


def acts_on(row: Model, limit: int = 50) -> list[Act]:
    """What was done with a row that is no order, newest first, refused requests too."""
    kind = row._meta.model_name
    acts = Act.objects.filter(order_no="", subject_kind=kind, subject_id=row.pk)
    return list(acts.order_by("-at", "-id")[:limit])
