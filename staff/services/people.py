"""Colleagues: kept as the owner or they themselves say."""

from __future__ import annotations

from staff.models import User


def save_person(user: User) -> User:
    """Make or change a colleague."""
    user.save()
    return user


def switch_shortcuts(user: User) -> None:
    """Single-key shortcuts on or off (screens: `?`)."""
    user.shortcuts = not user.shortcuts
    user.save(update_fields=["shortcuts"])
