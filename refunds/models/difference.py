"""Where a gateway's bill and our books differ (SOP 6.d)."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django_fsm import FSMField

from core.acts import History
from core.fields import KeyField, money_field
from core.states import StateMixin, transition
from orders.models import Order, Shop
from refunds.models.bill import GATEWAYS, Bill
from refunds.models.refund import Refund
from refunds.words import BillWhat, DifferenceKind, DifferenceState, There

S = DifferenceState


class Difference(StateMixin, models.Model):
    """One line of finance's worklist; the same difference is found once, however often we look.

    `here`, `there`: yuan, as far as each side knows it. `by_itself`: a later bill, or what we
    learnt since, explained it.
    """

    lock_rank: ClassVar[int] = 33

    gateway = models.CharField("渠道", max_length=10, choices=GATEWAYS)
    account = KeyField("账户", max_length=64)
    shop = models.ForeignKey(Shop, models.PROTECT, related_name="+", db_index=False)
    day = models.DateField("日期")
    kind = models.CharField("差异", max_length=14, choices=DifferenceKind.choices)
    what = models.CharField("是什么", max_length=8, choices=BillWhat.choices)
    key = KeyField(max_length=140)
    trade = KeyField("交易号", max_length=64, blank=True)
    label = models.CharField("说明", max_length=200, blank=True)
    stands = models.CharField("渠道说", max_length=10, choices=There.choices, default=There.DONE)
    here = money_field(verbose_name="我们", null=True)
    there = money_field(verbose_name="渠道", null=True)
    order = models.ForeignKey(Order, models.PROTECT, null=True, related_name="+", db_index=False)
    refund = models.ForeignKey(Refund, models.PROTECT, null=True, related_name="+", db_index=False)
    bill = models.ForeignKey(Bill, models.SET_NULL, null=True, related_name="+", db_index=False)
    line = models.PositiveIntegerField("行号", null=True)
    state = FSMField("状态", max_length=8, choices=S.choices, default=S.OPEN.value, protected=True)
    version = models.PositiveIntegerField(default=1)
    found_at = models.DateTimeField("发现")
    # Timer: when it is next looked at whether something explains it.
    look_at = models.DateTimeField("什么时候再看")
    closed_at = models.DateTimeField("关闭", null=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    closed_name = models.CharField("谁关的", max_length=64, blank=True)
    by_itself = models.BooleanField("自己消掉的", default=False)
    why = models.CharField("怎么处理的", max_length=300, blank=True)
    history = History(no_db_index=["key", "trade"], excluded_fields=["look_at"])

    class Meta:
        verbose_name = verbose_name_plural = "对账差异"
        constraints = [
            models.UniqueConstraint(
                fields=["gateway", "account", "what", "key", "kind"], name="difference_once"
            ),
            models.CheckConstraint(
                condition=Q(state="open") | ~Q(why=""), name="difference_says_why"
            ),
        ]
        indexes = [
            models.Index(fields=["day", "id"], condition=Q(state="open"), name="difference_open"),
            models.Index(
                fields=["closed_at", "id"], condition=Q(state="closed"), name="difference_closed"
            ),
            models.Index(
                fields=["look_at", "id"], condition=Q(state="open"), name="difference_look"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day:%m-%d} {self.get_gateway_display()} {self.get_kind_display()}"

    def get_absolute_url(self) -> str:
        return reverse("difference", args=[self.pk])

    @transition(field=state, source=S.OPEN, target=S.CLOSED)
    def close(self, at: datetime, by: int | None, name: str, why: str, *, by_itself: bool) -> None:
        """It is clear where it comes from."""
        self.closed_at, self.closed_by_id, self.closed_name = at, by, name
        self.why, self.by_itself = why[:300], by_itself

    @transition(field=state, source=S.CLOSED, target=S.OPEN)
    def reopen(self) -> None:
        """It is not, after all."""
        self.closed_at = self.closed_by_id = None
        self.closed_name, self.by_itself = "", False
