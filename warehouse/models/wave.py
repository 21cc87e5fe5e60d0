"""Waves: parcels that are picked together (SOP 2.c, 2.d)."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django_fsm import FSMField

from core.acts import History
from core.fields import KeyField
from core.states import StateMixin, transition
from orders.models import Shop
from warehouse.words import WaveKind, WaveState


class Wave(StateMixin, models.Model):
    """A batch of orders picked together. Printing or taking its list begins them."""

    lock_rank: ClassVar[int] = 22

    number = KeyField("波次号", max_length=16, unique=True)
    state = FSMField(
        "状态",
        max_length=8,
        choices=WaveState.choices,
        default=WaveState.OPEN.value,
        protected=True,
    )
    kind = models.CharField("类型", max_length=8, choices=WaveKind.choices)
    carrier = models.CharField("快递公司", max_length=64, blank=True)
    shop = models.ForeignKey(Shop, models.PROTECT, null=True, blank=True, related_name="+")
    zone = models.CharField("库区", max_length=16, blank=True)
    expedited = models.BooleanField("加急", default=False)
    made_at = models.DateTimeField("建波次时间")
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    begun_at = models.DateTimeField("开始配货时间", null=True, blank=True)
    done_at = models.DateTimeField("配完时间", null=True, blank=True)
    history = History(no_db_index=["number", "shop", "taken_by"])

    class Meta:
        verbose_name = verbose_name_plural = "波次"
        indexes = [
            models.Index(
                fields=["-expedited", "made_at", "id"],
                condition=~Q(state="done"),
                name="wave_open",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @transition(field=state, source=WaveState.OPEN, target=WaveState.PICKING)
    def begin(self) -> None:
        """Its list was printed or taken: its orders are begun."""

    @transition(field=state, source=[WaveState.OPEN, WaveState.PICKING], target=WaveState.DONE)
    def finish(self) -> None:
        """Every parcel of it is picked or stopped."""
