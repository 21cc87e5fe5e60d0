"""What changed on locked rows is written with the act's own row."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django.db import models

from core.acts.locking import values_of
from core.acts.running import Scope, current_log, current_scope
from core.acts.telling import Log, name_subject
from core.models import Act


def flush(*rows: models.Model) -> None:
    """Save locked rows now: for what is asked of the database before the act ends."""
    scope, log = current_scope.get(), current_log.get()
    if scope is None or log is None:
        raise RuntimeError("flush() belongs inside an act")
    save_rows(scope, log, rows)


def save_rows(scope: Scope, log: Log, rows: Sequence[models.Model]) -> None:
    changed: dict[tuple[type[models.Model], tuple[str, ...]], list[Any]] = {}
    for row in rows:
        if id(row) in log.bumped and id(row) not in scope.bumped and hasattr(row, "version"):
            row.version += 1
            scope.bumped.add(id(row))
        now, before = values_of(row), scope.loaded[id(row)]
        dirty = tuple(name for name, value in now.items() if value != before[name])
        if dirty:
            changed.setdefault((row.__class__, dirty), []).append(row)
            scope.loaded[id(row)] = now
    for (model, names), alike in changed.items():
        _update(model, names, alike)


def _update(model: type[models.Model], names: Sequence[str], rows: Sequence[Any]) -> None:
    """Write columns of rows; of many in as few statements as of one."""
    if len(rows) == 1:
        rows[0].save(update_fields=names)
        return
    from core.bulk import change  # it asks for the running act, which stands here

    change(model, names, [[row.pk, *(getattr(row, name) for name in names)] for row in rows])


# What the row of a further subject repeats, so that its timeline tells it, too.
_TOLD = (
    *("verb", "actor_kind", "actor_id", "actor_name", "at", "clause"),
    *("reason", "channel", "summary", "changes"),
)


def write_act(record: Act, rows: Sequence[models.Model], token: uuid.UUID | None) -> None:
    record.token = token
    twins = [_twin(record, other) for other in rows[1:]]
    Act.objects.bulk_create([record, *twins])


def _twin(record: Act, row: models.Model) -> Act:
    twin = Act(part_of=record, **{name: getattr(record, name) for name in _TOLD})
    name_subject(twin, row)
    return twin
