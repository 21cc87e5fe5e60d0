"""Waybill numbers: each is used for one parcel and never again (SOP 2.g, failure mode 30)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from core.fields import KeyField
from warehouse.models.parcel import Parcel
from warehouse.words import WaybillSource


class WaybillNumber(models.Model):
    """A number of a carrier: free in the pool, given to a parcel, or void."""

    lock_rank: ClassVar[int] = 22

    carrier = models.CharField("快递公司", max_length=64)
    number = KeyField("运单号", max_length=64)
    source = models.CharField("来源", max_length=8, choices=WaybillSource.choices)
    parcel = models.ForeignKey(
        Parcel, models.PROTECT, null=True, related_name="waybills", db_index=False
    )
    # Under which key the interface gave it; a parcel's second one has a key of its own.
    asked_as = models.CharField("取号键", max_length=24, blank=True, default="", db_default="")
    mark = models.CharField("大头笔", max_length=64, blank=True)
    added_at = models.DateTimeField("入库时间")
    used_at = models.DateTimeField("使用时间", null=True)
    voided_at = models.DateTimeField("作废时间", null=True)
    void_told_at = models.DateTimeField("快递公司已知作废", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "运单号"
        constraints = [
            models.UniqueConstraint(fields=["carrier", "number"], name="waybill_once"),
            models.UniqueConstraint(
                fields=["parcel"],
                condition=Q(parcel__isnull=False, voided_at__isnull=True),
                name="waybill_of_parcel",
            ),
        ]
        indexes = [
            models.Index(
                fields=["carrier", "id"],
                condition=Q(parcel__isnull=True, voided_at__isnull=True),
                name="waybill_free",
            ),
        ]

    def __str__(self) -> str:
        return self.number
