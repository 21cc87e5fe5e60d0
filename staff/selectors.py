"""Reads of the staff room: notices, reveals, presence, saved views."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from staff.models import Notice, Presence, Reveal, SavedView, User

GONE_AFTER = timedelta(seconds=30)


def notices_of(user: User) -> QuerySet[Notice]:
    """What was told to this person or to everybody of the role."""
    return Notice.objects.filter(Q(to=user) | Q(role=user.role))


def unread_count(user: User) -> int:
    """At most 100 is counted."""
    unread = notices_of(user).exclude(read_by=user).values_list("pk", flat=True)
    return len(unread[:100])


def revealed(user: User, kind: str, subject_id: int, now: datetime | None = None) -> bool:
    """May this person see the subject's personal data now (architecture §7)?"""
    now = now or timezone.now()
    return Reveal.objects.filter(
        user=user, subject_kind=kind, subject_id=subject_id, until__gt=now
    ).exists()


def present(subject: str, but: User) -> list[str]:
    """Who else has this page open."""
    since = timezone.now() - GONE_AFTER
    rows = Presence.objects.filter(subject=subject, seen_at__gt=since).exclude(user=but)
    return [row.user.display_name for row in rows.select_related("user")[:5]]


def saved_views(user: User) -> QuerySet[SavedView]:
    """One's own views and what colleagues share."""
    return SavedView.objects.filter(Q(owner=user) | Q(shared=True)).select_related("owner")
