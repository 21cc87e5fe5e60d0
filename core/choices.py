"""Labels of states and reasons are looked up a hundred times a page: each table is read once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.utils.choices import CallableChoiceIterator


class KnownChoices(CallableChoiceIterator):
    """The members of an enumeration; Django asks a function for them at each `get_x_display`.

    Migrations still name the function, so that a new member is no new migration.
    """

    def __init__(self, func: Any) -> None:
        super().__init__(func)
        self._pairs: list[Any] = list(super().__iter__())

    def __iter__(self) -> Iterator[Any]:
        return iter(self._pairs)


def remember_choices() -> None:
    """For every model, once all are loaded; enumerations do not change while we run."""
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.local_fields:
            known: Any = field
            if isinstance(known.choices, CallableChoiceIterator):
                known.choices = KnownChoices(known.choices.func)
