"""Payouts: what the company pays beyond what was paid (SOP 1.5.f)."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django_fsm import FSMField

from core.acts import History
from core.evidence.rows import EvidenceRow
from core.fields import KeyField, money_field
from core.states import StateMixin, transition
from orders.models import Order, Shop
from refunds.beyond import PayoutFacts
from refunds.words import PayoutKind, PayoutState

S = PayoutState
OPEN_PAYOUTS = [S.REVIEW.value, S.APPROVED.value]


def _apart(one: str, other: str) -> Q:
    """Not the same person, as far as both are known."""
    return Q(**{f"{one}__isnull": True}) | Q(**{f"{other}__isnull": True}) | ~Q(**{one: F(other)})


def _person() -> models.ForeignKey[object, object]:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )


class Payout(StateMixin, models.Model):
    """Never a refund: no trade takes it back, and it is not kept within what was paid."""

    lock_rank: ClassVar[int] = 32

    number = KeyField("赔付单号", max_length=40)
    shop = models.ForeignKey(Shop, models.PROTECT, related_name="+", db_index=False)
    order = models.ForeignKey(Order, models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField("赔付什么", max_length=8, choices=PayoutKind.choices)
    state = FSMField(
        "状态", max_length=8, choices=S.choices, default=S.REVIEW.value, protected=True
    )
    version = models.PositiveIntegerField(default=1)
    amount = money_field(verbose_name="金额")
    payee = models.CharField("收款账号", max_length=128)
    why = models.CharField("说明", max_length=300)
    asked_by = _person()
    asked_name = models.CharField("谁申请的", max_length=64)
    asked_at = models.DateTimeField("申请时间")
    first_by = _person()
    approved_by = _person()
    said_by = models.CharField("谁审的", max_length=140, blank=True)
    transfer_no = KeyField("银行流水号", max_length=64, blank=True)
    made_by = _person()
    made_name = models.CharField("谁转的", max_length=64, blank=True)
    checked_by = _person()
    ended_at = models.DateTimeField("结束时间", null=True, blank=True)
    ended_why = models.CharField("怎么结束的", max_length=300, blank=True)
    history = History(
        no_db_index=["number", "transfer_no"],
        excluded_fields=["payee"],
    )

    class Meta:
        verbose_name = verbose_name_plural = "赔付"
        constraints = [
            models.UniqueConstraint(fields=["number"], name="payout_number"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="payout_amount"),
            models.CheckConstraint(
                condition=_apart("asked_by", "approved_by") & _apart("asked_by", "first_by"),
                name="payout_approved_by_another",
            ),
            models.CheckConstraint(
                condition=_apart("first_by", "approved_by"), name="payout_second_person"
            ),
            models.CheckConstraint(
                condition=_apart("made_by", "checked_by"), name="payout_checked_by_another"
            ),
            models.CheckConstraint(
                condition=~Q(state="paid") | Q(checked_by__isnull=False), name="payout_checked"
            ),
        ]
        indexes = [
            models.Index(fields=["order", "id"], name="payout_order"),
            models.Index(
                fields=["asked_at", "id"],
                condition=Q(state__in=OPEN_PAYOUTS),
                name="payout_open",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("payout", args=[self.order.order_no, self.pk])

    @transition(field=state, source=S.REVIEW, target=S.APPROVED)
    def approve(self, by: int | None) -> None:
        """Enough agreed: finance transfers it."""
        self.approved_by_id = by

    @transition(field=state, source=S.REVIEW, target=S.REJECTED)
    def reject(self, at: datetime, why: str) -> None:
        """Not paid, for a reason."""
        self.ended_at, self.ended_why = at, why[:300]

    @transition(field=state, source=S.APPROVED, target=S.PAID)
    def pay(self, at: datetime, by: int | None) -> None:
        """A second person saw the transfer."""
        self.ended_at, self.checked_by_id = at, by

    def facts(self) -> PayoutFacts:
        return PayoutFacts(
            S(self.state),
            self.amount,
            self.asked_by_id,
            self.first_by_id,
            self.transfer_no,
            self.made_by_id,
        )


class PayoutEvidence(EvidenceRow):
    """One file that says why."""

    payout = models.ForeignKey(Payout, models.CASCADE, related_name="evidence")

    class Meta:
        verbose_name = verbose_name_plural = "赔付凭证"
        ordering = ["id"]
