"""What the intake API answered, kept so that a repeated request gets the same (SOP 5.a)."""

from __future__ import annotations

from typing import Any

from django.db import models

from core.fields import KeyField
from staff.models import ApiToken


class ApiAnswer(models.Model):
    """The answer to one `Idempotency-Key` of a token; `status` is empty while it is being made."""

    token = models.ForeignKey(ApiToken, models.CASCADE, related_name="+", db_index=False)
    key = KeyField(max_length=128)
    request = models.CharField(max_length=64)  # digest of method, path and body
    status = models.PositiveSmallIntegerField(null=True)
    headers: Any = models.JSONField(default=dict)
    body = models.TextField(blank=True)
    made_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = verbose_name_plural = "接口答复"
        constraints = [models.UniqueConstraint(fields=["token", "key"], name="api_answer_once")]

    def __str__(self) -> str:
        return self.key
