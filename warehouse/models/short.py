"""Goods that were not on their shelf: told by one person, looked for by another (SOP 2.d)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from warehouse.models.parcel import ParcelLine


class ShortPick(models.Model):
    """So many pieces of a line were not found; open until a second person has looked."""

    line = models.ForeignKey(ParcelLine, models.CASCADE, related_name="shorts", db_index=False)
    quantity = models.PositiveIntegerField("少了几件")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False
    )
    at = models.DateTimeField("报缺时间")
    looked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    looked_at = models.DateTimeField("复核时间", null=True, blank=True)
    found = models.BooleanField("找到了", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "配货缺货"
        constraints = [
            models.UniqueConstraint(
                fields=["line"], condition=Q(looked_at__isnull=True), name="short_open_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["at", "id"], condition=Q(looked_at__isnull=True), name="short_open"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.line_id}: {self.quantity}"
