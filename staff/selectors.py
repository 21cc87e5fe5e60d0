"""Reads of the staff room: notices, reveals, presence, saved views."""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from core.models import Act
from core.workdays import Calendar, Span
from staff.models import (
    ApiToken,
    CalendarDay,
    Notice,
    OfficeHours,
    Presence,
    Reveal,
    SavedView,
    User,
)

GONE_AFTER = timedelta(seconds=30)


def notices_of(user: User) -> QuerySet[Notice]:
    """What was told to this person or to everybody of the role."""
    return Notice.objects.filter(Q(to=user) | Q(role=user.role))


def unread_of(user: User) -> QuerySet[Notice]:
    """What was told and has not been read."""
    return notices_of(user).exclude(read_by=user)


def last_seen(user: User, kind: str, most: int = 8) -> list[str]:
    """What this person had open last, newest first: `order:G…` gives `G…`."""
    mine = Presence.objects.filter(user=user, subject__startswith=f"{kind}:")
    subjects = mine.order_by("-seen_at").values_list("subject", flat=True)[:most]
    return [subject.partition(":")[2] for subject in subjects]


def revealed(user: User, kind: str, subject_id: int, now: datetime | None = None) -> bool:
    """May this person see the subject's personal data now (architecture §7)?"""
    return reveals(user, kind, now or timezone.now()).filter(subject_id=subject_id).exists()


def reveals(user: User, kind: str, now: datetime) -> QuerySet[Reveal]:
    """Whose personal data of this kind the person may see now."""
    return Reveal.objects.filter(user=user, subject_kind=kind, until__gt=now)


def present(subject: str, but: User) -> list[str]:
    """Who else has this page open."""
    since = timezone.now() - GONE_AFTER
    rows = Presence.objects.filter(subject=subject, seen_at__gt=since).exclude(user=but)
    return [row.user.display_name for row in rows.select_related("user")[:5]]


def saved_views(user: User, place: str = "search") -> QuerySet[SavedView]:
    """One's own views of a list and what colleagues share."""
    mine = SavedView.objects.filter(Q(owner=user) | Q(shared=True), place=place)
    return mine.select_related("owner")


MARK = "gdn_"  # so that scanners of code and logs know a token that was left there
PREFIX = len(MARK) + 8


def token_digest(text: str) -> str:
    """A token holds 256 random bits: one plain hash is as good as a slow one."""
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()


def token_of(text: str) -> ApiToken | None:
    """The token that was sent; None when there is none like it. Does not ask whether it is good.

    Compared in constant time: what the prefix (shown on the owner's screen) finds gives nothing
    away of the rest.
    """
    prefix = text[:PREFIX] if text.isascii() and "\0" not in text else ""
    token = ApiToken.objects.filter(prefix=prefix).first()
    known = token.digest if token else token_digest("")
    same = hmac.compare_digest(known, token_digest(text))
    return token if token is not None and same else None


def tokens_of(shop_code: str) -> list[ApiToken]:
    """A shop's tokens, newest first."""
    return list(ApiToken.objects.filter(shop_code=shop_code).order_by("-id")[:50])


def office_calendar() -> Calendar:
    """The owner's days and hours over the public ones, for promises and deadlines; two queries."""
    return Calendar(
        dict(CalendarDay.objects.values_list("day", "works")),
        {row.weekday: spans_of(row) for row in OfficeHours.objects.all()},
    )


def spans_of(row: OfficeHours) -> tuple[Span, ...]:
    """Before and after the break."""
    if row.break_from and row.break_to:
        return (row.opens, row.break_from), (row.break_to, row.closes)
    return ((row.opens, row.closes),)


def calendar_changes() -> list[Act]:
    """The newest changes of days and hours, with what was before."""
    kinds = ["calendarday", "officehours"]
    acts = Act.objects.filter(subject_kind__in=kinds, order_no="")
    return list(acts.order_by("-at")[:20])
