"""Import: the rows that a file's import refused, and mappings that a user made once."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models

from core.models import Job


class ImportRejection(models.Model):
    """One row of a file that was not taken in, with where and why. Goes with its job."""

    job = models.ForeignKey(Job, models.CASCADE, related_name="rejections")
    line = models.PositiveIntegerField("行号")
    column = models.CharField("列", max_length=100, blank=True)
    value = models.CharField("内容", max_length=200, blank=True)
    reason = models.CharField("原因", max_length=300)
    cells: Any = models.JSONField(default=list)

    class Meta:
        verbose_name = verbose_name_plural = "导入被拒的行"
        indexes = [models.Index(fields=["job", "id"], name="rejection_of")]

    def __str__(self) -> str:
        return f"{self.line}: {self.reason}"


class ColumnMapping(models.Model):
    """How the columns of a file that no format knows are read; made once, found by its headers."""

    name = models.CharField("名称", max_length=64, unique=True)
    headers_digest = models.CharField(max_length=64, unique=True)
    headers: Any = models.JSONField(default=list)
    columns: Any = models.JSONField(default=dict)
    states: Any = models.JSONField(default=dict)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = verbose_name_plural = "列对应"

    def __str__(self) -> str:
        return self.name
