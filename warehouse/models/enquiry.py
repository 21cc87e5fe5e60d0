"""What a carrier is asked about a parcel (SOP 6.a)."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django_fsm import RETURN_VALUE, FSMField

from core.fields import KeyField
from core.masking import mask_address, mask_name, mask_phone
from core.states import StateMixin, transition
from orders.models import Order
from orders.words import CARRIERS
from warehouse.words import EnquiryKind, EnquiryState

E = EnquiryState


class Enquiry(StateMixin, models.Model):
    """A question to a carrier, with its answer; open ones have a time by which one is due.

    `remind_at` is a timer: whoever asked is told when the answer is late, then every day. `to_…`:
    where a parcel is to be brought instead; personal data, which stands here and in no history.
    """

    lock_rank: ClassVar[int] = 26

    order = models.ForeignKey(Order, models.CASCADE, related_name="+", db_index=False)
    carrier = models.CharField("快递公司", max_length=64, blank=True)
    waybill = KeyField("运单号", max_length=64, blank=True)
    kind = models.CharField("问什么", max_length=12, choices=EnquiryKind.choices)
    question = models.CharField("问题", max_length=300)
    to_name = models.CharField("改给谁", max_length=64, blank=True, db_default="", default="")
    to_phone = models.CharField("改的电话", max_length=64, blank=True, db_default="", default="")
    to_address = models.CharField("改的地址", max_length=700, blank=True, db_default="", default="")
    asked_at = models.DateTimeField("问的时间")
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    asked_name = models.CharField("谁问的", max_length=64)
    due_at = models.DateTimeField("最晚答复")
    remind_at = models.DateTimeField(null=True)
    state = FSMField("状态", max_length=10, choices=E.choices, default=E.OPEN.value, protected=True)
    answer = models.CharField("答复", max_length=300, blank=True)
    answered_at = models.DateTimeField("答复时间", null=True)
    answered_name = models.CharField("谁登记的", max_length=64, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "联系快递"
        indexes = [
            models.Index(fields=["due_at", "id"], condition=Q(state="open"), name="enquiry_open"),
            models.Index(
                fields=["remind_at", "id"],
                condition=Q(remind_at__isnull=False),
                name="enquiry_remind",
            ),
            models.Index(fields=["order", "-id"], name="enquiry_order"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.waybill}"

    @property
    def token(self) -> uuid.UUID:
        """One for each time that its button is drawn (architecture §3)."""
        return uuid.uuid4()

    @property
    def carrier_name(self) -> str:
        return CARRIERS.get(self.carrier, self.carrier)

    @property
    def to_plain(self) -> str:
        """Where it is to be brought instead; "" where the address stays."""
        return " ".join(part for part in (self.to_name, self.to_phone, self.to_address) if part)

    @property
    def to_masked(self) -> str:
        found = (mask_name(self.to_name), mask_phone(self.to_phone), mask_address(self.to_address))
        return " ".join(part for part in found if part)

    @transition(field=state, source=E.OPEN, target=RETURN_VALUE(E.DONE, E.REFUSED))
    def answer_with(self, to: EnquiryState, answer: str, at: datetime, name: str) -> str:
        """The carrier answered: done, or it cannot."""
        self.answer, self.answered_at, self.answered_name = answer[:300], at, name
        self.remind_at = None
        return to.value

    @transition(field=state, source=E.OPEN, target=E.WITHDRAWN)
    def withdraw(self, why: str, at: datetime, name: str) -> None:
        """It need not be answered any more."""
        self.answer, self.answered_at, self.answered_name = why[:300], at, name
        self.remind_at = None
