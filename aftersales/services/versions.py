"""Which policy a case begins with (SOP 1.4.b, 7.a)."""

from __future__ import annotations

from datetime import UTC, datetime

from aftersales.models import PolicyVersion
from aftersales.rules import DELIVERED, written
from aftersales.selectors.versions import in_force

BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)


def version_at(at: datetime) -> PolicyVersion:
    """The version in force then. What we deliver becomes version 1 when it is first needed."""
    known = in_force(at)
    if known is not None:
        return known
    values = {
        "from_at": BEGINNING,
        "text": written(DELIVERED),
        "why": "交付时的政策",
        "by_name": "系统",
        "at": at,
    }
    return PolicyVersion.objects.get_or_create(number=1, defaults=values)[0]
