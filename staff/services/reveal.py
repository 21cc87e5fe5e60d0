"""Reveal: showing personal data is an act with a reason, good for a shift (architecture §7)."""

from __future__ import annotations

from datetime import datetime, timedelta

from staff.models import Reveal, User

SHIFT = timedelta(hours=12)
REASONS = ["核对身份", "联系买家", "修改收货信息", "查物流", "处理售后"]


def reveal(
    user: User,
    kind: str,
    subject_id: int,
    *,
    no: str = "",
    reason: str,
    now: datetime,
    until: datetime | None = None,
) -> Reveal:
    """Log that a person sees a subject's personal data; good for 12 hours, or until then."""
    return Reveal.objects.create(
        user=user,
        subject_kind=kind,
        subject_id=subject_id,
        subject_no=no,
        reason=reason[:100],
        at=now,
        until=until or now + SHIFT,
    )
