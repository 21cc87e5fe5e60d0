"""Made-up rows go through an act like all others (architecture §3)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from django.db import models
from factory.django import DjangoModelFactory

from core.acts import TIMER, act_on, acting

M = TypeVar("M", bound=models.Model)


class RowFactory(DjangoModelFactory[M]):
    """A factory whose `create` says what it makes: `UserFactory.create(role="finance")`."""

    class Meta:
        abstract = True
        skip_postgeneration_save = True

    @classmethod
    def create(cls, **values: Any) -> M:
        made: M = super().create(**values)
        return made


class SeedFactory(RowFactory[M]):
    """A factory of historied rows: what it makes belongs to the running act, else to a “seed”."""

    class Meta:
        abstract = True
        skip_postgeneration_save = True

    @staticmethod
    @contextmanager
    def act() -> Iterator[None]:
        """The running act, or one of its own."""
        if acting():
            yield
            return
        rows: list[models.Model] = []
        with act_on("seed", rows, by=TIMER):
            yield

    @classmethod
    def _create(cls, model_class: Any, *args: Any, **values: Any) -> Any:
        with cls.act():
            return super()._create(model_class, *args, **values)  # type: ignore[no-untyped-call]
