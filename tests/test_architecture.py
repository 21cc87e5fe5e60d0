"""What import-linter cannot see (architecture §11): strings, writes, rooms in no list."""

from __future__ import annotations

import ast
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from celery.schedules import crontab
from django.apps import apps
from django.contrib.auth import get_user_model
from django.db import models
from django.urls import URLPattern, URLResolver, get_resolver

from config.celery import app as celery_app
from config.paths import BASE_DIR

PROJECT: dict[str, Any] = tomllib.loads((BASE_DIR / "pyproject.toml").read_text())
DAY = 86_400
LINTER = PROJECT["tool"]["importlinter"]
LAYERS: list[str] = LINTER["contracts"][0]["layers"]
# From the top to the bottom; rooms side by side stand on one floor.
FLOORS = [[room.strip() for room in layer.split("|")] for layer in LAYERS]
HEIGHT = {room: -floor for floor, rooms in enumerate(FLOORS) for room in rooms}
ROOMS = [room for room in HEIGHT if room != "config"]

# The files that may write to the database (§11); each act and each bulk form stands there.
WRITERS = ("models", "services", "migrations", "factories")
CORE_WRITERS = {
    "core/acts/doing.py",
    "core/acts/saving.py",
    "core/bulk.py",
    "core/evidence/keeping.py",  # a picture, to memory
    "core/work.py",
    "core/tally.py",
    "core/backup/restore.py",
    "core/lease.py",
    "core/messages.py",
    "core/undelivered.py",
    "core/sentences.py",
}
POLICY_MAY_IMPORT = {
    *("core.verdict", "core.money", "core.workdays", "core.words"),
    "orders.words",  # names only, of the room below
    "orders.review",  # as pure as they are: import-linter holds it to that
}
PURE = (
    *("policy", "words", "situation", "reminding", "stopping", "finishing", "following"),
    *(
        "parting",
        "amounts",
        "saying",
        "deciding",
        "paying",
        "payees",
        "beyond",
        "rules",
        "kinds",
        "changing",
    ),
    "listening",
)


def sources(room: str) -> list[Path]:
    return sorted(
        path for path in (BASE_DIR / room).rglob("*.py") if "migrations" not in path.parts
    )


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def name(path: Path) -> str:
    return path.relative_to(BASE_DIR).as_posix()


# Every room stands in its config


def test_every_room_stands_in_every_list() -> None:
    folders = {path.parent.name for path in BASE_DIR.glob("*/apps.py")}
    installed = {app.name for app in apps.get_app_configs()}
    assert folders == set(ROOMS), "tool.importlinter: layers"
    assert set(ROOMS) | {"config"} == set(LINTER["root_packages"]), (
        "tool.importlinter: root_packages"
    )
    assert folders <= installed, "INSTALLED_APPS"
    assert folders | {"config", "tests"} <= set(PROJECT["tool"]["mypy"]["files"]), (
        "tool.mypy: files"
    )


def test_every_folder_with_code_is_a_package() -> None:
    folders = {path.parent for room in [*ROOMS, "config", "tests"] for path in sources(room)}
    assert [name(f) for f in sorted(folders) if not (f / "__init__.py").exists()] == []


def test_every_contract_of_a_room_names_every_room_that_has_such_a_part() -> None:
    """`protected` and `forbidden` say nothing of a module that nobody listed."""
    named = {m for c in LINTER["contracts"] for m in c.get("protected_modules", ())}
    doors = named - set(ROOMS)
    parts = ("views", "api", "forms", "tasks", "urls", "handlers", "admin")
    standing = {
        f"{room}.{part}"
        for room in ROOMS
        for part in parts
        if (BASE_DIR / room / f"{part}.py").exists() or (BASE_DIR / room / part).is_dir()
    }
    assert standing == doors


# Policies are pure


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name(path)}: relative import"
            yield node.module or ""


def pure_files() -> list[Path]:
    files = [path for room in ROOMS for path in sources(room)]
    return [path for path in files if path.stem in PURE or path.parent.name in PURE]


def test_policies_import_the_standard_library_and_verdicts_only() -> None:
    assert pure_files()
    below = {f"{room}.{part}" for room in ROOMS for part in PURE}  # import-linter knows which
    for path in pure_files():
        allowed = sys.stdlib_module_names | POLICY_MAY_IMPORT | below
        foreign = {
            m
            for m in imported(path)
            if not {m, m.split(".")[0], m.rpartition(".")[0]} & allowed  # itself, or what it is in
        }
        assert not foreign, f"{name(path)} imports {foreign}"


def test_policies_never_read_a_clock() -> None:
    clocks = {"now", "today", "utcnow", "time", "monotonic", "localtime"}
    for path in pure_files():
        calls = [n.func for n in ast.walk(tree(path)) if isinstance(n, ast.Call)]
        read = {f.attr for f in calls if isinstance(f, ast.Attribute) and f.attr in clocks}
        assert not read, f"{name(path)} reads a clock: {read}"


# Business data changes in acts only

QUERYSET_WRITES = {"bulk_create", "bulk_update", "get_or_create", "update_or_create"}
ON_A_QUERYSET = {"update", "delete", "create"}
ASSIGNED = "assigns .state"


def writes(code: ast.Module) -> Iterator[tuple[int, str]]:
    """Line and text of each `.save(`, bulk write, write on a query set, and assigned state."""
    for node in ast.walk(code):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            attr, chain = node.func.attr, ast.unparse(node.func.value)
            asked = ".objects" in chain or ".filter(" in chain or ".exclude(" in chain
            kept_back = any(k.arg == "commit" for k in node.keywords)
            if (
                (attr == "save" and not kept_back)
                or attr in QUERYSET_WRITES
                or (attr in ON_A_QUERYSET and asked)
            ):
                yield node.lineno, f"{chain}.{attr}("
        elif isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Attribute) and target.attr == "state":
                    yield node.lineno, ASSIGNED


def may_write(path: Path) -> bool:
    part = path.relative_to(BASE_DIR).with_suffix("").parts[1]
    return part in WRITERS or name(path) in CORE_WRITERS


def test_only_models_services_and_the_core_of_acts_write() -> None:
    files = [path for room in ROOMS for path in sources(room) if not may_write(path)]
    found = [f"{name(p)}:{line} {what}" for p in files for line, what in writes(tree(p))]
    assert found == []


def test_no_state_is_assigned_anywhere() -> None:
    files = [path for room in ROOMS for path in sources(room)]
    found = [(name(p), line) for p in files for line, what in writes(tree(p)) if what == ASSIGNED]
    assert found == []


def test_stock_levels_are_written_by_the_ledger_alone() -> None:
    """Its movements add up to the levels only as long as there is no other door."""
    files = [path for room in ROOMS for path in sources(room)]
    found = {name(p) for p in files for _, what in writes(tree(p)) if "StockLevel" in what}
    bulk = {name(p) for p in files if "(StockLevel," in p.read_text()}
    assert found | bulk == {"stock/services/ledger.py"}


def test_the_search_for_writes_finds_them() -> None:
    code = """
order.save()
order.state = "paid"
Order.objects.filter(pk=1).update(note="")
Order.objects.bulk_create(rows)
counts.update(paid=1)
"""
    assert [line for line, _ in sorted(writes(ast.parse(code)))] == [2, 3, 4, 5]


# Nothing points upward by a string


def our_models() -> list[type[models.Model]]:
    return [m for m in apps.get_models(include_auto_created=True) if m._meta.app_label in HEIGHT]


def test_no_foreign_key_points_upward() -> None:
    """Who did it (`AUTH_USER_MODEL`) is the one exception, and Django's own seam."""
    for model in our_models():
        for field in model._meta.fields + model._meta.many_to_many:
            target = field.related_model
            if isinstance(target, type) and target is not get_user_model():
                here, there = model._meta.app_label, target._meta.app_label
                upward = there in HEIGHT and HEIGHT[there] > HEIGHT[here]
                assert not upward, f"{here}.{model.__name__}.{field.name} points to {there}"


def test_no_room_reads_what_a_room_above_hung_on_its_models() -> None:
    """A reverse accessor is a call upward without an import."""
    for model in our_models():
        here = model._meta.app_label
        for relation in model._meta.related_objects:
            accessor, above = relation.get_accessor_name(), relation.related_model._meta.app_label
            if accessor and above in HEIGHT and HEIGHT[above] > HEIGHT[here]:
                for path in (
                    p for room in ROOMS if HEIGHT[room] < HEIGHT[above] for p in sources(room)
                ):
                    assert accessor not in words(path), f"{name(path)} reads {above}'s {accessor}"


def words(path: Path) -> set[str]:
    """Attributes and the parts of strings such as `rejections__row`."""
    found: set[str] = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Attribute):
            found.add(node.attr)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            found |= set(node.value.split("__"))
    return found


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_draws_its_own_templates(room: str) -> None:
    above = tuple(f"{other}/" for other in ROOMS if HEIGHT[other] > HEIGHT[room])
    for path in sources(room):
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                text = node.value
                assert not (".html" in text and text.startswith(above)), f"{name(path)}: {text}"


# Addresses, timers


def patterns(resolver: URLResolver) -> Iterator[URLPattern]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from patterns(entry)
        else:
            yield entry


def test_every_address_has_a_name_and_stands_in_the_matrix() -> None:
    from staff.matrix import MATRIX

    for pattern in patterns(get_resolver()):
        view = pattern.callback
        assert pattern.name, f"{pattern.pattern} has no name"
        act = getattr(view, "act", None)
        if act is None and not getattr(view, "by_token", False):
            assert pattern.name in WITHOUT_AN_ACT, f"{pattern.name}: @allow is not the outermost"
        elif act is not None:
            assert act in MATRIX


# Before the sign-in, about oneself, signed by an outside system, or by our own signed link.
WITHOUT_AN_ACT = {
    *("callback-alipay", "callback-wechatpay", "callback-kuaidi100", "callback-kdniao"),
    *("callback-kuaidi100-shop", "callback-kdniao-shop"),
    "healthz",
    "readyz",
    "metrics",
    "api-docs",
    "api-openapi",
    "progress",
    "sign-in",
    "sign-out",
    "password-change",
    "shortcuts",
}


def test_every_beat_entry_has_a_task_and_expires() -> None:
    celery_app.loader.import_default_modules()
    for entry in celery_app.conf.beat_schedule.values():
        assert entry["task"] in celery_app.tasks
        often = entry["schedule"]
        every = DAY if isinstance(often, crontab) else often
        assert entry["options"]["expires"] <= every


def test_every_sweep_of_ours_has_a_beat_entry() -> None:
    celery_app.loader.import_default_modules()
    ours = {task for task in celery_app.tasks if task.split(".")[0] in HEIGHT}
    assert ours == {entry["task"] for entry in celery_app.conf.beat_schedule.values()}
