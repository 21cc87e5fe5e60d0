"""Holds: an open one bars every forward step of its order (architecture §4)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django_fsm import FSMField

from core.acts import History
from core.fields import money_field
from core.money import ZERO
from core.states import StateMixin, transition
from orders.models.order import Order
from orders.policy import HoldFact
from orders.words import HoldKind, HoldState, Stop


class Hold(StateMixin, models.Model):
    """Why an order must not go on. Unique while open by (order, kind, cause)."""

    lock_rank: ClassVar[int] = 12

    order = models.ForeignKey(Order, models.CASCADE, related_name="holds")
    kind = models.CharField("类型", max_length=10, choices=HoldKind.choices)
    cause = models.CharField("起因", max_length=64, blank=True)
    state = FSMField(
        "状态",
        max_length=6,
        choices=HoldState.choices,
        default=HoldState.OPEN.value,
        protected=True,
    )
    reason = models.CharField("原因", max_length=500)
    amount: models.DecimalField[Decimal | None, Decimal | None] = money_field(
        verbose_name="补差价金额", null=True, blank=True
    )
    until = models.DateTimeField("自动解除时间", null=True, blank=True)
    call_at = models.DateTimeField("什么时候联系买家", null=True, blank=True)
    came_at = models.DateTimeField("买家考虑的货到了", null=True, blank=True)  # SOP 1.3.d
    # What the order was worth then: the call list can be sorted by it (SOP 1.3.a).
    worth = money_field(verbose_name="订单金额", default=ZERO, db_default=ZERO)
    stop = models.CharField("拦截", max_length=8, choices=Stop.choices, default=Stop.NONE.value)
    answered_at = models.DateTimeField("仓库回答时间", null=True, blank=True)
    answer = models.CharField("仓库怎么说", max_length=200, blank=True, default="", db_default="")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    by_name = models.CharField(max_length=64)
    opened_at = models.DateTimeField("挂起时间")
    lifted_at = models.DateTimeField("解除时间", null=True, blank=True)
    lifted_why = models.CharField("解除原因", max_length=200, blank=True)
    history = History(no_db_index=["order", "by"])

    class Meta:
        verbose_name = verbose_name_plural = "挂起"
        constraints = [
            models.UniqueConstraint(
                fields=["order", "kind", "cause"], condition=Q(state="open"), name="hold_open_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["kind", "opened_at", "id"], condition=Q(state="open"), name="hold_open"
            ),
            models.Index(
                fields=["until"], condition=Q(state="open", until__isnull=False), name="hold_due"
            ),
            models.Index(
                fields=["call_at", "id"],
                condition=Q(state="open", call_at__isnull=False),
                name="hold_to_call",
            ),
            models.Index(
                fields=["-worth", "opened_at", "id"],
                condition=Q(state="open", call_at__isnull=False),
                name="hold_worth",
            ),
            models.Index(
                fields=["opened_at", "id"],
                condition=Q(state="open", call_at__isnull=False),
                name="hold_waits",
            ),
            models.Index(
                fields=["opened_at", "id"],
                condition=Q(state="open", stop="asked"),
                name="hold_stop_asked",
            ),
            models.Index(
                fields=["answered_at", "id"],
                condition=Q(state="open", stop="stopped"),
                name="hold_stop_stopped",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.reason}"

    @classmethod
    def barring(cls) -> models.QuerySet[Hold]:
        """What bars a step now: open, and no stop that came too late (architecture §4)."""
        return cls.objects.filter(state="open").exclude(stop=Stop.TOO_LATE.value)

    @transition(field=state, source=HoldState.OPEN, target=HoldState.LIFTED)
    def lift(self, at: datetime, why: str) -> None:
        """The reason is gone."""
        self.lifted_at, self.lifted_why = at, why

    def answered(self, stop: Stop, at: datetime, said: str) -> None:
        """The warehouse says that the parcel is stopped, or that it was too late."""
        self.stop, self.answered_at, self.answer = stop.value, at, said[:200]

    def fact(self) -> HoldFact:
        called, came = self.call_at is not None, self.came_at is not None
        kind, stop = HoldKind(self.kind), Stop(self.stop)
        return HoldFact(kind, self.cause, self.reason, stop, called, came)
