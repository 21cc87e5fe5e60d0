"""Columns that searches compare byte by byte."""

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


def money_field(**kwargs: Any) -> models.DecimalField[Any, Any]:
    """Yuan, two places."""
    return models.DecimalField(max_digits=12, decimal_places=2, **kwargs)
