"""What belongs to a case besides its lines: files, and further orders."""

from __future__ import annotations

from django.db import models

from aftersales.models.case import Case
from aftersales.words import OrderRole
from core.evidence.rows import EvidenceRow
from orders.models import Order


class CaseEvidence(EvidenceRow):
    """A picture or document: from the customer, or of the inspection (`about`)."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="evidence")
    about = models.CharField("关于", max_length=20, blank=True)
    by_name = models.CharField("谁传的", max_length=64)
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = verbose_name_plural = "售后凭证"
        ordering = ["id"]


class CaseOrder(models.Model):
    """A further order of a case: the new one, its top-up, what was sent again (SOP 1.2.d)."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="orders")
    order = models.ForeignKey(Order, models.PROTECT, related_name="+", db_index=False)
    role = models.CharField("关系", max_length=8, choices=OrderRole.choices)
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = verbose_name_plural = "售后关联订单"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["order", "case", "role"], name="case_order_once")
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} {self.order}"
