"""Hand-over lists: what a carrier took and signed for (交接单, SOP 2.g)."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from core.fields import KeyField


class HandOver(models.Model):
    """One list of parcels that a carrier's courier took. Made when it is signed; never changed."""

    lock_rank: ClassVar[int] = 19

    number = KeyField("交接单号", max_length=16, unique=True)
    carrier = models.CharField("快递公司", max_length=64)
    signed_by = models.CharField("签收人", max_length=32)
    count = models.PositiveIntegerField("件数")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    by_name = models.CharField("交货人", max_length=64)
    at = models.DateTimeField("交接时间")

    class Meta:
        verbose_name = verbose_name_plural = "交接单"
        indexes = [models.Index(fields=["-at", "-id"], name="hand_over_last")]

    def __str__(self) -> str:
        return self.number
