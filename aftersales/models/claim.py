"""What a carrier is asked to pay for what it lost or damaged (快递理赔, SOP 3.b)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django_fsm import FSMField

from aftersales.models.case import Case
from aftersales.words import ClaimState
from core.acts import History
from core.fields import KeyField, money_field
from core.money import ZERO
from core.states import StateMixin, transition
from orders.models import Order
from orders.words import CARRIERS

S = ClaimState


class CarrierClaim(StateMixin, models.Model):
    """One claim for one case, from the asking to the carrier's money or its no.

    Its evidence is the case's. `due_at`: by when the carrier should have answered.
    """

    lock_rank: ClassVar[int] = 14

    number = KeyField("理赔号", max_length=44)
    case = models.ForeignKey(Case, models.PROTECT, related_name="claims", db_index=False)
    order = models.ForeignKey(Order, models.PROTECT, related_name="+", db_index=False)
    state = FSMField("状态", max_length=8, choices=S.choices, default=S.ASKED.value, protected=True)
    version = models.PositiveIntegerField(default=1)
    carrier = models.CharField("快递公司", max_length=64, blank=True)
    waybill = KeyField("运单号", max_length=64, blank=True)
    amount = money_field(verbose_name="要赔多少")
    got = money_field(verbose_name="赔了多少", default=ZERO)
    why = models.CharField("为什么", max_length=300)
    asked_at = models.DateTimeField("提出时间")
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    asked_name = models.CharField("谁提的", max_length=64)
    due_at = models.DateTimeField("最晚答复")
    ended_at = models.DateTimeField("结束时间", null=True, blank=True)
    ended_why = models.CharField("快递怎么说", max_length=300, blank=True)
    history = History(no_db_index=["number", "case", "order", "asked_by", "waybill"])

    class Meta:
        verbose_name = verbose_name_plural = "快递理赔"
        constraints = [
            models.UniqueConstraint(fields=["case"], name="carrier_claim_once"),
            models.CheckConstraint(
                condition=Q(state__in=[s.value for s in S]), name="carrier_claim_state"
            ),
            models.CheckConstraint(
                condition=Q(amount__gt=0) & Q(got__gte=0), name="carrier_claim_money"
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at", "id"], condition=Q(state="asked"), name="carrier_claim_open"
            ),
            models.Index(
                fields=["-ended_at", "-id"], condition=~Q(state="asked"), name="carrier_claim_ended"
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("case", args=[self.case.number])

    @property
    def carrier_name(self) -> str:
        return CARRIERS.get(self.carrier, self.carrier)

    @transition(field=state, source=[one.value for one in S], target=S.ASKED)
    def correct(self, amount: Decimal, due_at: datetime) -> None:
        """An entry was wrong: so much is asked, and the answer is waited for again."""
        self.amount, self.due_at, self.got = amount, due_at, ZERO
        self.ended_at, self.ended_why = None, ""

    @transition(field=state, source=S.ASKED, target=S.PAID)
    def pay(self, at: datetime, got: Decimal, why: str) -> None:
        """The carrier paid, all or a part."""
        self.got, self.ended_at, self.ended_why = got, at, why[:300]

    @transition(field=state, source=S.ASKED, target=S.REFUSED)
    def refuse(self, at: datetime, why: str) -> None:
        """The carrier does not pay."""
        self.ended_at, self.ended_why = at, why[:300]
