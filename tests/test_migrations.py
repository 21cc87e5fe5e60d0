"""Migrations from the first release on: old code goes on working while they run (CONTRIBUTING).

Read from the operations, not from their SQL: a linter of SQL needs a PostgreSQL that answers, and
on SQLite takes every table that Django remakes for a new NOT NULL.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db import migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation
from django.db.models.fields import NOT_PROVIDED

from config.paths import BASE_DIR

# app → the last migration of the newest release. Nothing is released yet, so all are free.
RELEASED: dict[str, str] = {}

GONE = (
    migrations.RemoveField,
    migrations.DeleteModel,
    migrations.RenameField,
    migrations.RenameModel,
    migrations.AlterModelTable,
)
LOCKING = (migrations.AddIndex, migrations.AddConstraint, migrations.AlterField)


def faults(migration: migrations.Migration) -> Iterator[str]:
    """What old code or people at work would notice; nothing where `safe_because` says why not."""
    if getattr(migration, "safe_because", ""):
        return
    new = {op.name_lower for op in migration.operations if isinstance(op, migrations.CreateModel)}
    for operation in migration.operations:
        if getattr(operation, "model_name_lower", None) not in new:
            yield from _faults(operation)


def _faults(operation: Operation) -> Iterator[str]:
    says = operation.describe()
    if isinstance(operation, GONE):
        yield f"{says}: the code of the last release still asks for it"
    elif isinstance(operation, migrations.AddField):
        field: Any = operation.field
        if not field.null and not field.many_to_many and field.db_default is NOT_PROVIDED:
            yield f"{says}: the last release inserts rows without it; give it null or db_default"
    elif isinstance(operation, LOCKING):
        yield f"{says}: nobody writes to the table meanwhile"
    elif isinstance(operation, migrations.RunPython | migrations.RunSQL) and (
        not operation.reversible
    ):
        yield f"{says}: there is no way back"


def ours() -> Iterator[migrations.Migration]:
    folders = {app.label for app in apps.get_app_configs() if BASE_DIR.samefile(_root(app))}
    for (app, name), migration in MigrationLoader(None).disk_migrations.items():
        if app in folders and app in RELEASED and name > RELEASED[app]:
            yield migration


def _root(app: Any) -> str:
    return str(app.path).rpartition("/")[0] or "/"


def test_migrations_after_a_release_let_its_code_go_on() -> None:
    found = [f"{m.app_label}.{m.name}: {fault}" for m in ours() for fault in faults(m)]
    assert found == []


def made(*operations: Operation, **attributes: Any) -> migrations.Migration:
    kind = type("Migration", (migrations.Migration,), {"operations": operations} | attributes)
    migration: migrations.Migration = kind("0009_sample", "orders")
    return migration


TEXT = models.CharField(max_length=9)


@pytest.mark.parametrize(
    "operation",
    [
        migrations.RemoveField("order", "note"),
        migrations.DeleteModel("order"),
        migrations.RenameField("order", "note", "memo"),
        migrations.AddField("order", "note", models.CharField(max_length=9, default="")),
        migrations.AlterField("order", "note", TEXT),
        migrations.AddIndex("order", models.Index(fields=["note"], name="x")),
        migrations.RunPython(lambda apps, editor: None),
    ],
    ids=lambda operation: type(operation).__name__,
)
def test_what_breaks_old_code_or_stops_people_is_found_unless_it_says_why(
    operation: Operation,
) -> None:
    assert len(list(faults(made(operation)))) == 1
    assert list(faults(made(operation, safe_because="only the demo has such rows"))) == []


def test_what_only_adds_is_free() -> None:
    table = migrations.CreateModel("parcel", [("id", models.BigAutoField(primary_key=True))])
    index = migrations.AddIndex("parcel", models.Index(fields=["id"], name="y"))
    null = migrations.AddField("order", "a", models.CharField(max_length=9, null=True))
    default = migrations.AddField("order", "b", models.CharField(max_length=9, db_default=""))
    assert list(faults(made(table, index, null, default))) == []
