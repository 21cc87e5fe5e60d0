"""The act that is running, and the rows that its transaction has read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from django.db import models, transaction

from core.acts.telling import Log
from core.models import Act


@dataclass(slots=True)
class Scope:
    """The outermost act: its locked rows and what they were when read."""

    rows: dict[tuple[str, Any], models.Model] = field(default_factory=dict)
    loaded: dict[int, dict[str, Any]] = field(default_factory=dict)
    bumped: set[int] = field(default_factory=set)


current_scope: ContextVar[Scope | None] = ContextVar("scope", default=None)
current_log: ContextVar[Log | None] = ContextVar("log", default=None)


def current_act() -> Act:
    """The act being done; saving business data outside one is a programming error."""
    log = current_log.get()
    if log is None:
        raise RuntimeError("business data changes only inside an act (core.acts.act)")
    return log.act


def acting() -> bool:
    """Is an act running?"""
    return current_log.get() is not None


def open_scope() -> Scope:
    scope = current_scope.get()
    if scope is None:
        raise RuntimeError("rows are locked inside an act, or together()")
    return scope


@contextmanager
def inside(scope: Scope, log: Log | None) -> Iterator[None]:
    scope_token, log_token = current_scope.set(scope), current_log.set(log)
    try:
        yield
    finally:
        current_scope.reset(scope_token)
        current_log.reset(log_token)


@contextmanager
def together() -> Iterator[None]:
    """One transaction for what belongs together, in which each row is locked and read once.

    Several small acts find the same instances; what is refused anywhere undoes all of it.
    """
    if current_scope.get() is not None:
        yield
        return
    with transaction.atomic(), inside(Scope(), None):
        yield
