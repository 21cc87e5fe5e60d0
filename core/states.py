"""State machines: protected FSM fields that survive threads, and a typed `@transition`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, ParamSpec, TypeVar

from django.db import models
from django_fsm import FSMField
from django_fsm import transition as _transition

P = ParamSpec("P")
R = TypeVar("R")


def transition(
    *, field: Any, source: str | Sequence[str], target: Any
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """django-fsm's `transition` that keeps the method's signature."""
    decorate: Callable[[Callable[P, R]], Callable[P, R]] = _transition(
        field=field, source=source, target=target
    )
    return decorate


class StateMixin(models.Model):
    """Put first among the bases of a model with a protected `FSMField`.

    The library's own mixin switches the protection off class-wide while it refreshes,
    which breaks under threads; dropping the loaded values first needs no switch.
    """

    class Meta:
        abstract = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)

    def refresh_from_db(
        self,
        using: str | None = None,
        fields: Iterable[str] | None = None,
        from_queryset: models.QuerySet[Any] | None = None,
    ) -> None:
        wanted = None if fields is None else set(fields)
        for field in self._meta.concrete_fields:
            if isinstance(field, FSMField) and (wanted is None or field.attname in wanted):
                self.__dict__.pop(field.attname, None)
        super().refresh_from_db(using=using, fields=fields, from_queryset=from_queryset)
