"""Columns of ours: keys compared byte by byte, money, JSON that may be unreadable."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper


class KeyField(models.CharField[str, str]):
    """Text that is looked up by equality and by prefix.

    Byte order (collation C on PostgreSQL, BINARY on SQLite) lets one plain index serve
    equality, a prefix as a range, and the sort of a keyset page.
    """

    def db_parameters(self, connection: BaseDatabaseWrapper) -> dict[str, Any]:
        parameters: dict[str, Any] = super().db_parameters(connection)
        if connection.vendor == "postgresql":
            parameters["collation"] = "C"
        return parameters


class Unreadable:
    """Stands where JSON was that Python cannot read; see `PayloadField`."""


UNREADABLE = Unreadable()


class PayloadField(models.JSONField):
    """JSON that fails alone: what cannot be read is `UNREADABLE`, instead of an error.

    The databases keep numbers of 5,000 digits and nestings that Python refuses; one such row would
    else stop every query that it is found by.
    """

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        try:
            return super().from_db_value(value, expression, connection)
        except (ValueError, RecursionError):
            return UNREADABLE


def money_field(**kwargs: Any) -> models.DecimalField[Any, Any]:
    """Yuan, two places."""
    return models.DecimalField(max_digits=12, decimal_places=2, **kwargs)
