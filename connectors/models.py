"""Which outside system fails: one row for each, which all processes share."""

from __future__ import annotations

from django.db import models


class Breaker(models.Model):
    """Failures in a row of one system; while `open_until` lies ahead nobody calls it."""

    system = models.CharField("系统", max_length=64, unique=True)
    failures = models.PositiveIntegerField("连续失败", default=0)
    opened_at = models.DateTimeField("断开时间", null=True)
    open_until = models.DateTimeField("下次再试", null=True)
    error = models.CharField("错误", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "外部系统的状况"

    def __str__(self) -> str:
        return self.system
