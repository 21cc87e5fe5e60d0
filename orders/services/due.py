"""Rows about an order whose timer is due, whatever room they belong to (architecture §5).

Each sweep takes a batch along its partial index, skips what somebody works on, and writes it in a
fixed number of statements; a row leaves its index with the same statement.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Model, QuerySet

from core.acts import TIMER, act_on
from core.bulk import change, write_parts
from core.sweeping import locked
from staff.services.tell import Telling, tell_all

Done = tuple[list[str], str, list[Telling]]  # the columns, the act's summary, who is told what
_Part = tuple[int, str, str, str, list[list[str]]]


@dataclass(frozen=True, slots=True)
class Due:
    """What a room's rows are called and counted by, and which columns it reads.

    `of_order`: of the order; a whole one costs as much as the rest of the sweep. `own`: of the
    rows themselves; all of them unless said.
    """

    model: type[Model]
    clause: str
    noun: str
    unit: str
    of_order: tuple[str, ...] = ()
    own: tuple[str, ...] = ()

    def move(
        self,
        verb: str,
        timer: str,
        due: QuerySet[Any],
        now: datetime,
        limit: int,
        do: Callable[[Any, datetime], Done],
    ) -> int:
        """Let `do` move a batch of what is due by `timer`; says how many rows."""
        if not due.exists():
            return 0
        none: list[Model] = []
        with act_on(verb, none, by=TIMER, now=now, clause=self.clause) as (_, log):
            batch = list(locked(self._read(due)).order_by(timer, "id")[:limit])
            before = [row.state for row in batch]
            columns, summary, told = do(batch, now)
            for row in batch:
                row.version += 1
            names = [*columns, "version"]
            values = [[row.pk, *(getattr(row, name) for name in names)] for row in batch]
            change(self.model, names, values)
            write_parts("order", self._parts(batch, before, summary))
            tell_all(told)
            log.act.summary = f"{summary} {len(batch)} {self.unit}"
        return len(batch)

    def _read(self, due: QuerySet[Any]) -> QuerySet[Any]:
        own = self.own or [field.name for field in self.model._meta.concrete_fields]
        joined = (f"order__{name}" for name in ("order_no", *self.of_order))
        return due.select_related("order").only(*own, *joined)

    def _parts(self, batch: Sequence[Any], before: Sequence[str], summary: str) -> list[_Part]:
        """The lines in the orders' timelines; what is nobody's order's has none."""
        # Django's own `get_state_display` makes this table anew for each row.
        label: dict[str, str] = dict(self.model._meta.get_field("state").flatchoices)  # type: ignore[union-attr]
        parts: list[_Part] = []
        for row, was in zip(batch, before, strict=True):
            if row.order is None:
                continue
            said = f"{summary}（{row.number}）"
            moved = [[f"{self.noun} {row.number}", label[was], label[row.state]]]
            changes = moved if row.state != was else []
            parts.append((row.order.pk, row.order.order_no, said, "", changes))
        return parts
