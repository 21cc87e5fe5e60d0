"""Pictures and documents that belong to a refund; their files lie outside the web root."""

from __future__ import annotations

from django.db import models

from core.evidence.rows import EvidenceRow
from refunds.models.refund import Refund


class Evidence(EvidenceRow):
    """One file, who brought it and when."""

    refund = models.ForeignKey(Refund, models.CASCADE, related_name="evidence")
    by_name = models.CharField("谁传的", max_length=64)
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = verbose_name_plural = "退款凭证"
        ordering = ["id"]
