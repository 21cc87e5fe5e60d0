"""What a supervisor should see of a refund, and the owner's limits (SOP 1.5)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.urls import reverse

from core.acts import History
from core.fields import money_field
from refunds import deciding
from refunds.models.refund import Refund
from refunds.words import RiskKind

_FIRST = deciding.Limits()


class Risk(models.Model):
    """One finding, as it was when the refund was handed in."""

    refund = models.ForeignKey(Refund, models.CASCADE, related_name="risks", db_index=False)
    kind = models.CharField("风险", max_length=8, choices=RiskKind.choices)
    why = models.CharField("为什么", max_length=300)

    class Meta:
        verbose_name = verbose_name_plural = "退款风险"
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["refund", "kind"], name="risk_once")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.why}"


class RefundLimits(models.Model):
    """Up to how much one of a role approves alone, and what counts as a risk; one row."""

    supervisor = money_field(verbose_name="主管一人可批（元）", default=_FIRST.supervisor)
    finance = money_field(verbose_name="财务一人可批（元）", default=_FIRST.finance)
    large = money_field(verbose_name="超过多少元提示大额", default=_FIRST.large)
    payout = money_field(
        verbose_name="赔付一人可批（元）", default=_FIRST.payout, db_default=_FIRST.payout
    )
    often = models.PositiveSmallIntegerField("30 天里几笔提示常退款", default=_FIRST.often)
    version = models.PositiveIntegerField(default=1)
    history = History()

    class Meta:
        verbose_name = verbose_name_plural = "退款权限"
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    supervisor__gte=0, finance__gte=0, payout__gte=0, large__gte=0, often__gte=1
                ),
                name="refund_limits",
            ),
        ]

    def __str__(self) -> str:
        return "退款权限"

    def get_absolute_url(self) -> str:
        return reverse("refund-limits")

    def limits(self) -> deciding.Limits:
        return deciding.Limits(self.supervisor, self.finance, self.large, self.often, self.payout)
