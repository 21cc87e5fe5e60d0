"""Which policy a case begins with (SOP 1.4.b, 7.a)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from aftersales.models import PolicyVersion
from aftersales.selectors.versions import delivered, forget, in_force


def version_at(at: datetime) -> PolicyVersion:
    """The version in force then. What we deliver becomes version 1 when it is first needed."""
    known = in_force(at)
    if known is not None:
        return known
    first = delivered()
    values = {name: getattr(first, name) for name in ("from_at", "text", "why", "by_name")}
    row = PolicyVersion.objects.get_or_create(number=1, defaults=values | {"at": at})[0]
    forget_soon()
    return row


def forget_soon() -> None:
    """A version was made: this process asks the table again, now and when the others see it."""
    forget()
    transaction.on_commit(forget)
