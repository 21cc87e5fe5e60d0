"""Tell a colleague, or everybody of a role: a notice behind the bell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

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


@dataclass(frozen=True, slots=True)
class Telling:
    """A notice to be left: see `tell`. The same `key` tells only once."""

    text: str
    key: str
    to: int | None = None
    role: Role | None = None
    url: str = ""


def tell_all(tellings: Sequence[Telling]) -> None:
    """Leave many notices in one statement, each key once."""
    Notice.objects.bulk_create(
        [
            Notice(key=t.key, to_id=t.to, role=t.role or "", text=t.text[:200], url=t.url)
            for t in tellings
        ],
        ignore_conflicts=True,
    )


def read_all(user: User, notices: list[Notice]) -> None:
    """These have been seen by this person."""
    through = Notice.read_by.through
    through.objects.bulk_create(
        [through(notice_id=n.pk, user_id=user.pk) for n in notices], ignore_conflicts=True
    )
