"""What supervisors said of a refund: rows; enough of them make it approved (architecture §4)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from core.acts import History
from refunds.models.refund import Refund
from refunds.words import Decision


class Approval(models.Model):
    """One decision. `turn`: of which handing-in; what was said before a return counts no more.

    `asked_by` repeats who asked, so that the database itself refuses one's own (architecture §7).
    """

    refund = models.ForeignKey(Refund, models.PROTECT, related_name="approvals")
    turn = models.PositiveSmallIntegerField("第几次送审", default=1)
    decision = models.CharField("决定", max_length=8, choices=Decision.choices)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    by_name = models.CharField("谁审的", max_length=64)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    why = models.CharField("理由", max_length=300, blank=True)
    undone = models.BooleanField("已撤销", default=False)
    at = models.DateTimeField("时间")
    history = History(no_db_index=["refund", "by", "asked_by"])

    class Meta:
        verbose_name = verbose_name_plural = "退款审核"
        constraints = [
            models.CheckConstraint(
                condition=Q(asked_by__isnull=True) | ~Q(by=F("asked_by")),
                name="approval_by_another",
            ),
            models.UniqueConstraint(
                fields=["refund", "turn", "by"],
                condition=Q(undone=False),
                name="approval_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.refund_id} {self.get_decision_display()}"
