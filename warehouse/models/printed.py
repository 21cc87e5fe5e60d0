"""Every paper that was printed, and for which time (SOP 2.c)."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from warehouse.models.parcel import Parcel
from warehouse.models.wave import Wave
from warehouse.words import Paper


class Printed(models.Model):
    """One paper of a parcel, of a wave, or of a list that `about` names."""

    paper = models.CharField("单据", max_length=10, choices=Paper.choices)
    parcel = models.ForeignKey(
        Parcel, models.CASCADE, null=True, related_name="papers", db_index=False
    )
    wave = models.ForeignKey(Wave, models.CASCADE, null=True, related_name="papers", db_index=False)
    about = models.CharField("清单", max_length=32, blank=True)
    nth = models.PositiveSmallIntegerField("第几次")
    reason = models.CharField("重打原因", max_length=100, blank=True)
    job: models.UUIDField[uuid.UUID, uuid.UUID] = models.UUIDField("打印任务")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False
    )
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = verbose_name_plural = "打印记录"
        constraints = [
            models.UniqueConstraint(fields=["parcel", "paper", "nth"], name="printed_parcel"),
            models.UniqueConstraint(fields=["wave", "paper", "nth"], name="printed_wave"),
            models.UniqueConstraint(
                fields=["about", "paper", "nth"], condition=~Q(about=""), name="printed_about"
            ),
            models.CheckConstraint(
                condition=Q(parcel__isnull=False, wave__isnull=True, about="")
                | Q(parcel__isnull=True, wave__isnull=False, about="")
                | (Q(parcel__isnull=True, wave__isnull=True) & ~Q(about="")),
                name="printed_of_one",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_paper_display()} {self.nth}"
