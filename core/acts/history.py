"""History rows that carry the act which made them."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import models
from simple_history.models import HistoricalRecords

from core import past
from core.acts.running import current_act


def _set_user_id(past: Any, user_id: int | None) -> None:
    past.history_user_id = user_id


class History(HistoricalRecords):  # type: ignore[misc]
    """Simple-history whose change reason is the id of the current act."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("history_id_field", models.BigAutoField())
        kwargs.setdefault("history_change_reason_field", models.UUIDField(null=True, db_index=True))
        # Who did it, as a mere number: nobody looks history up by person.
        kwargs.setdefault("history_user_id_field", models.BigIntegerField(null=True))
        kwargs.setdefault("history_user_setter", _set_user_id)
        super().__init__(**kwargs)

    def get_change_reason_for_object(
        self, instance: models.Model, history_type: str, using: str
    ) -> uuid.UUID:
        return current_act().id

    def get_history_user(self, instance: models.Model) -> int | None:
        return current_act().actor_id

    def create_historical_record(
        self, instance: models.Model, history_type: str, using: str | None = None
    ) -> None:
        if history_type != "-":
            past.keep(type(instance), [instance.pk], history_type, current_act())
            return
        instance._history_date = current_act().at  # type: ignore[attr-defined]
        super().create_historical_record(instance, history_type, using)
