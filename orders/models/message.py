"""What a buyer was told, is being told, or has to be told by a colleague (SOP 2.a, 6.b)."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from core.sentences import from_act, render
from orders.models.buyer import Buyer
from orders.models.order import Order
from orders.words import How, MessageKind, TellState


class CustomerMessage(models.Model):
    """One message of one kind about one order; once for each step.

    By SMS it goes through the outbox; by chat a colleague sends the sentence and ticks it. It
    holds no personal data: the telephone is looked up when it is sent. `led_by`: one message of
    the same buyer that names this order, too.
    """

    order = models.ForeignKey(Order, models.CASCADE, related_name="messages", db_index=False)
    buyer = models.ForeignKey(Buyer, models.CASCADE, null=True, related_name="+", db_index=False)
    kind = models.CharField("内容", max_length=16, choices=MessageKind.choices)
    step = models.PositiveSmallIntegerField("第几次", default=0)
    how = models.CharField("方式", max_length=4, choices=How.choices, blank=True)
    state = models.CharField("状态", max_length=8, choices=TellState.choices)
    say: Any = models.JSONField("话")
    why = models.CharField("原因", max_length=200, blank=True)
    led_by = models.ForeignKey(
        "self", models.CASCADE, null=True, related_name="led", db_index=False
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    at = models.DateTimeField("写下时间")
    send_at = models.DateTimeField("发送时间", null=True)
    done_at = models.DateTimeField("完成时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "告知"
        constraints = [
            models.UniqueConstraint(fields=["order", "kind", "step"], name="message_once"),
        ]
        indexes = [
            models.Index(fields=["at", "id"], condition=Q(state="to_tell"), name="message_to_tell"),
            models.Index(fields=["led_by"], condition=Q(led_by__isnull=False), name="message_led"),
            models.Index(
                fields=["send_at", "id"], condition=Q(state="planned"), name="message_planned"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.label} {self.get_state_display()}"

    @property
    def label(self) -> str:
        """催付（第 2 次）."""
        times = f"（第 {self.step} 次）" if self.kind == MessageKind.PAYMENT_REMINDER else ""
        return f"{self.get_kind_display()}{times}"

    @property
    def sentence(self) -> str:
        """As the buyer reads it; in the shop's words."""
        say = from_act(self.say)
        return render(say, self.order.shop.code) if say else ""
