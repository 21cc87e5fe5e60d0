"""What a person does on the platform by hand, because no interface does it for us."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from orders.models.order import Order
from orders.words import HandTaskKind


class HandTask(models.Model):
    """One thing to do on the platform's own pages; unique per order, kind and cause."""

    lock_rank: ClassVar[int] = 14

    order = models.ForeignKey(Order, models.CASCADE, related_name="hand_tasks", db_index=False)
    kind = models.CharField("事项", max_length=10, choices=HandTaskKind.choices)
    cause = models.CharField("起因", max_length=64)
    text = models.TextField("要做什么")
    where = models.CharField("在哪里做", max_length=100)
    opened_at = models.DateTimeField("提出时间")
    done_at = models.DateTimeField("完成时间", null=True, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    done_by_name = models.CharField("完成人", max_length=64, blank=True)
    done_why = models.CharField("说明", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "手工事项"
        constraints = [
            models.UniqueConstraint(fields=["order", "kind", "cause"], name="hand_task_once"),
        ]
        indexes = [
            models.Index(
                fields=["opened_at", "id"], condition=Q(done_at__isnull=True), name="hand_task_open"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.text[:40]}"

    @property
    def token(self) -> uuid.UUID:
        """One for each time that its button is drawn (architecture §3)."""
        return uuid.uuid4()

    def finish(self, at: datetime, by_id: int | None, by_name: str, why: str = "") -> None:
        """It is done, or nobody has to do it any more."""
        self.done_at, self.done_by_id, self.done_by_name = at, by_id, by_name
        self.done_why = why[:200]

    def take_up(self) -> None:
        """It was ticked too early."""
        self.done_at, self.done_by_id, self.done_by_name, self.done_why = None, None, "", ""
