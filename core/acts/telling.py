"""Who does an act, and what it tells of itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import models

from core.masking import scrub
from core.models import Act
from core.verdict import Say


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does it: a person, a timer, a customer, a platform or a gateway."""

    kind: str
    name: str
    user_id: int | None = None

    @classmethod
    def person(cls, user: Any) -> Actor:
        return cls("person", user.display_name, user.pk)


TIMER = Actor("timer", "系统")


@dataclass(frozen=True, slots=True)
class Change:
    """One field, before → after, as the timeline shows it. Personal values come in masked."""

    label: str
    before: str
    after: str


class Conflict(Exception):
    """Somebody changed the row since the form was shown."""

    def __init__(self, row: models.Model, seen: int) -> None:
        super().__init__(f"{row._meta.label} changed since version {seen}")
        self.row = row
        self.seen = seen


class Repeated(Exception):
    """The same form came twice; `act` is what the first one did."""

    def __init__(self, act: Act) -> None:
        super().__init__("repeated")
        self.act = act


@dataclass(slots=True)
class Log:
    """What an act tells of itself. `changed` bumps the version of the rows it was given."""

    act: Act
    bumped: set[int] = field(default_factory=set)
    rows: Sequence[models.Model] = ()

    def changed(self, changes: Sequence[Change], *rows: models.Model) -> None:
        self.act.changes += [[c.label, c.before, c.after] for c in changes]
        self.bumped |= {id(row) for row in (rows or self.rows)}

    def noted(self, summary: str, *, clause: str = "", reason: str = "") -> None:
        self.act.summary = scrub(summary)[:500]
        self.act.clause = clause or self.act.clause
        self.act.reason = scrub(reason)[:500] or self.act.reason

    def tell(self, say: Say | None) -> None:
        """Keep the sentence for the customer with the act, so that it survives a reload."""
        self.act.say = kept(say)

    def about(self, row: models.Model) -> None:
        """Name the subject of an act that made its row."""
        name_subject(self.act, row)


def kept(say: Say | None) -> dict[str, Any] | None:
    return {"key": say.key, "values": dict(say.values)} if say else None


def name_subject(record: Act, row: models.Model) -> None:
    record.subject_kind = row._meta.model_name or ""
    record.subject_id = row.pk
    record.order_no = str(getattr(row, "order_no", "") or "")
