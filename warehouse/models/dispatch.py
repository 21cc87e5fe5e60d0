"""What platforms are told of parcels (SOP 2.h)."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django_fsm import FSMField

from core.fields import KeyField
from core.states import StateMixin, transition
from orders.models import Order, Shop
from orders.words import CARRIERS
from warehouse.words import DispatchState

D = DispatchState


class Dispatch(StateMixin, models.Model):
    """Carrier and waybill of one platform number, told by a message. Merged orders have several.

    `corrects`: another waybill was told before.
    """

    lock_rank: ClassVar[int] = 16

    order = models.ForeignKey(Order, models.CASCADE, related_name="+", db_index=False)
    shop = models.ForeignKey(Shop, models.PROTECT, null=True, related_name="+", db_index=False)
    platform_no = KeyField("平台单号", max_length=64)
    # Numbers of the platform's lines that are in this parcel, with commas; '' for all.
    lines = models.CharField(max_length=1000, blank=True, default="", db_default="")
    carrier = models.CharField("快递公司", max_length=64, blank=True)
    waybill = KeyField("运单号", max_length=64)
    corrects = models.BooleanField("更正", default=False)
    state = FSMField(
        "状态", max_length=8, choices=D.choices, default=D.SENDING.value, protected=True
    )
    tries = models.PositiveSmallIntegerField("第几次", default=1)
    why = models.CharField("原因", max_length=300, blank=True)
    at = models.DateTimeField("提出时间")
    done_at = models.DateTimeField("完成时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "平台发货"
        constraints = [
            models.UniqueConstraint(
                fields=["order", "platform_no", "waybill"], name="dispatch_once"
            ),
        ]
        indexes = [
            models.Index(fields=["at", "id"], condition=Q(state="failed"), name="dispatch_failed"),
        ]

    def __str__(self) -> str:
        return f"{self.platform_no} {self.waybill}"

    @property
    def token(self) -> uuid.UUID:
        """One for each time that its button is drawn (architecture §3)."""
        return uuid.uuid4()

    @property
    def carrier_name(self) -> str:
        return CARRIERS.get(self.carrier, self.carrier)

    @property
    def topic_key(self) -> str:
        """Of the message that tells it: one for each try."""
        return f"platform.dispatch:{self.pk}:{self.tries}"

    @transition(field=state, source=[D.SENDING, D.FAILED], target=D.TOLD)
    def told(self, at: datetime) -> None:
        """The platform took it."""
        self.done_at, self.why = at, ""

    @transition(field=state, source=D.SENDING, target=D.FAILED)
    def refused(self, why: str) -> None:
        """The platform did not take it: somebody has to look."""
        self.why = why[:300]

    @transition(field=state, source=D.FAILED, target=D.SENDING)
    def again(self) -> None:
        """One more try, under a new key."""
        self.tries, self.why = self.tries + 1, ""

    @transition(field=state, source=D.FAILED, target=D.BY_HAND)
    def by_hand(self, at: datetime) -> None:
        """Somebody typed it in on the platform's own pages."""
        self.done_at = at

    @transition(field=state, source=[D.SENDING, D.FAILED], target=D.DROPPED)
    def drop(self, at: datetime) -> None:
        """The waybill was corrected: nobody need be told of this one any more."""
        self.done_at = at
