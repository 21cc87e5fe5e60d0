"""Presence: who has which page open right now (screens 36)."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from staff.models import Presence, User


def here(user: User, subject: str) -> None:
    """Say that this person has the page open."""
    Presence.objects.update_or_create(
        user=user, subject=subject[:60], defaults={"seen_at": timezone.now()}
    )


def forget_old() -> int:
    """Remove what is older than a shift."""
    old = Presence.objects.filter(seen_at__lt=timezone.now() - timedelta(hours=12))
    return old.delete()[0]
