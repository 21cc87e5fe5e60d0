"""Scans: every one a row with its own key, so that a repeated one is told so (SOP 2.e)."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from warehouse.models.parcel import Parcel
from warehouse.words import SIGNS, Outcome, Station


class Scan(models.Model):
    """What a scanner sent at a station, and what was answered."""

    token: models.UUIDField[uuid.UUID, uuid.UUID] = models.UUIDField(unique=True)
    station = models.CharField("工位", max_length=16)
    parcel = models.ForeignKey(
        Parcel, models.CASCADE, null=True, related_name="scans", db_index=False
    )
    code = models.CharField("扫到的内容", max_length=128)
    outcome = models.CharField(
        "对错", max_length=5, choices=Outcome.choices, default=Outcome.RIGHT.value
    )
    answer = models.CharField("结果", max_length=200)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False
    )
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = verbose_name_plural = "扫描"
        indexes = [
            models.Index(fields=["by", "station", "-id"], name="scan_last"),
            models.Index(
                fields=["parcel", "id"], condition=Q(parcel__isnull=False), name="scan_parcel"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.station}: {self.code}"

    @property
    def place(self) -> str:
        """校验台, 打包台, …"""
        return Station(self.station).label

    @property
    def sign(self) -> str:
        """How it ended, by shape."""
        return SIGNS[Outcome(self.outcome)]
