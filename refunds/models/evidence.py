"""Pictures and documents that belong to a refund; their files lie outside the web root."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.db import models

from refunds.models.refund import Refund


class Evidence(models.Model):
    """One file. `name` is what it was called; where it lies is ours alone (`place`)."""

    refund = models.ForeignKey(Refund, models.CASCADE, related_name="evidence")
    name = models.CharField("文件名", max_length=100)
    kind = models.CharField("类型", max_length=40)
    size = models.PositiveIntegerField("字节")
    place = models.CharField(max_length=100)
    by_name = models.CharField("谁传的", max_length=64)
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = verbose_name_plural = "退款凭证"
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name

    @property
    def path(self) -> Path:
        return Path(settings.MEDIA_ROOT) / self.place
