"""Versions of what the company has laid down for after-sales (SOP 7.a)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import models
from django.utils import timezone

from aftersales.rules import Rules, read


class PolicyVersion(models.Model):
    """One version, whole, with the day on which it takes effect. No row is ever altered."""

    number = models.PositiveIntegerField("版本")
    from_at = models.DateTimeField("何时生效")
    text: Any = models.JSONField("内容")
    why = models.CharField("改了什么", max_length=300, blank=True)
    by_name = models.CharField("谁改的", max_length=64)
    checked_name = models.CharField("谁复核的", max_length=64, blank=True)
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = verbose_name_plural = "售后政策"
        constraints = [models.UniqueConstraint(fields=["number"], name="policy_number")]
        indexes = [models.Index(fields=["-from_at", "-number"], name="policy_from")]

    def __str__(self) -> str:
        return f"第 {self.number} 版"

    @property
    def rules(self) -> Rules:
        return read(self.text)

    def in_force(self, at: datetime) -> bool:
        """Does it count for what began then?"""
        return self.from_at <= at

    @property
    def said(self) -> str:
        return f"第 {self.number} 版，{timezone.localtime(self.from_at):%Y-%m-%d} 起"
