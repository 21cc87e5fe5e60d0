"""What a refund gives back, part by part."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from core.fields import money_field
from orders.models import OrderLine
from refunds.models.refund import Refund


class RefundLine(models.Model):
    """What goes back for one part: a line of the order (as it was called), or the freight."""

    refund = models.ForeignKey(Refund, models.CASCADE, related_name="lines")
    line = models.ForeignKey(OrderLine, models.SET_NULL, null=True, blank=True, related_name="+")
    what = models.CharField(max_length=8)
    label = models.CharField("退什么", max_length=300)
    pieces = models.PositiveIntegerField("件数", default=0)
    amount = money_field(verbose_name="金额")

    class Meta:
        verbose_name = verbose_name_plural = "退款明细"
        ordering = ["id"]
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="refund_line_amount")]

    def __str__(self) -> str:
        return f"{self.label} {self.amount}"
