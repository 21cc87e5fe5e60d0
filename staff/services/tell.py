"""Tell a colleague, or everybody of a role: a notice behind the bell."""

from __future__ import annotations

from staff.models import Notice, User
from staff.roles import Role


def tell(
    text: str,
    *,
    to: User | int | None = None,
    role: Role | None = None,
    url: str = "",
    key: str | None = None,
) -> None:
    """Leave a notice; the same `key` tells only once."""
    values = {
        "to_id": to.pk if isinstance(to, User) else to,
        "role": role or "",
        "text": text[:200],
        "url": url,
    }
    if key is None:
        Notice.objects.create(**values)
    else:
        Notice.objects.get_or_create(key=key, defaults=values)


def read_all(user: User, notices: list[Notice]) -> None:
    """These have been seen by this person."""
    through = Notice.read_by.through
    through.objects.bulk_create(
        [through(notice_id=n.pk, user_id=user.pk) for n in notices], ignore_conflicts=True
    )
