"""Stock-takes: what was counted on the shelves, by whom, and what came of the differences."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.urls import reverse
from django_fsm import FSMField

from core.acts import History
from core.states import StateMixin, transition
from stock.models import Sku
from warehouse.take_policy import LineFacts
from warehouse.words import TakeLineState, TakeState

T, L = TakeState, TakeLineState


class StockTake(StateMixin, models.Model):
    """A count of the SKUs of a zone, or of a list; blind, by one or several people."""

    lock_rank: ClassVar[int] = 46

    title = models.CharField("盘点范围", max_length=200)
    state = FSMField("状态", max_length=10, choices=T.choices, default=T.OPEN.value, protected=True)
    version = models.PositiveIntegerField(default=1)
    begun_at = models.DateTimeField("开始时间")
    ended_at = models.DateTimeField("结束时间", null=True, blank=True)
    by_name = models.CharField("发起人", max_length=64)
    history = History()

    class Meta:
        verbose_name = verbose_name_plural = "盘点"

    def __str__(self) -> str:
        return f"盘点 {self.pk}：{self.title}"

    def get_absolute_url(self) -> str:
        return reverse("stock-take", args=[self.pk])

    @transition(field=state, source=T.OPEN, target=T.DONE)
    def finish(self, at: datetime) -> None:
        """All is counted, and every difference is accepted."""
        self.ended_at = at

    @transition(field=state, source=T.OPEN, target=T.CANCELLED)
    def cancel(self, at: datetime) -> None:
        """It is not counted on; what was accepted stays."""
        self.ended_at = at


class TakeLine(StateMixin, models.Model):
    """One SKU of a stock-take. `booked`: what the shelf should have had when it was counted.

    `began_with`: the same at the round's first scan; another number means that goods moved while
    they were counted.
    """

    lock_rank: ClassVar[int] = 47

    take = models.ForeignKey(StockTake, models.PROTECT, related_name="lines", db_index=False)
    sku = models.ForeignKey(Sku, models.PROTECT, related_name="+", db_index=False)
    shelf = models.CharField("货位", max_length=32, blank=True)
    state = FSMField(
        "状态", max_length=10, choices=L.choices, default=L.PENDING.value, protected=True
    )
    version = models.PositiveIntegerField(default=1)
    round = models.PositiveSmallIntegerField("第几盘", default=1)
    counted = models.PositiveIntegerField("实盘", default=0)
    began_with = models.IntegerField(null=True)
    booked = models.IntegerField("账面", null=True)
    counted_at = models.DateTimeField("盘点时间", null=True)
    accepted = models.IntegerField("已入账差异", null=True)
    accepted_by = models.CharField("复核人", max_length=64, blank=True)
    accepted_at = models.DateTimeField("复核时间", null=True)
    history = History(no_db_index=["take", "sku"])

    class Meta:
        verbose_name = verbose_name_plural = "盘点明细"
        constraints = [models.UniqueConstraint(fields=["take", "sku"], name="take_line_once")]
        indexes = [models.Index(fields=["take", "state", "shelf", "id"], name="take_line_state")]

    def __str__(self) -> str:
        return f"{self.sku.label}"

    def get_absolute_url(self) -> str:
        return self.take.get_absolute_url()

    @property
    def difference(self) -> int | None:
        """Counted minus booked; None before it is counted."""
        return None if self.booked is None else self.counted - self.booked

    @property
    def moved_meanwhile(self) -> bool:
        """Did goods come or go while it was counted?"""
        return self.began_with is not None and self.began_with != self.booked

    def facts(self, counters: frozenset[int]) -> LineFacts:
        return LineFacts(TakeLineState(self.state), self.difference, counters)

    @transition(field=state, source=[L.PENDING, L.COUNTED], target=L.COUNTED)
    def count(self, total: int, booked: int, at: datetime) -> None:
        """So many are on the shelf, all counters of this round together."""
        if self.began_with is None:
            self.began_with = booked
        self.counted, self.booked, self.counted_at = total, booked, at

    @transition(field=state, source=L.COUNTED, target=L.ACCEPTED)
    def accept(self, by_name: str, at: datetime) -> None:
        """A second person takes the difference for true."""
        self.accepted = self.difference
        self.accepted_by, self.accepted_at = by_name, at

    @transition(field=state, source=L.COUNTED, target=L.PENDING)
    def recount(self) -> None:
        """It is counted once more from the beginning."""
        self.round += 1
        self.counted, self.booked, self.began_with, self.counted_at = 0, None, None, None


class TakeCount(models.Model):
    """What one person counted of a line in one round; several people's counts add up."""

    line = models.ForeignKey(TakeLine, models.PROTECT, related_name="counts", db_index=False)
    round = models.PositiveSmallIntegerField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False
    )
    quantity = models.PositiveIntegerField("数到")
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = verbose_name_plural = "盘点记录"
        constraints = [
            models.UniqueConstraint(fields=["line", "round", "by"], name="take_count_once"),
        ]

    def __str__(self) -> str:
        return f"{self.line_id}: {self.quantity}"
