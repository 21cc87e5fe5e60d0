"""Where parcels are, and what is wrong with them (SOP 6.a, 1.4′)."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from core.fields import KeyField
from orders.models import Order
from orders.words import CARRIERS
from warehouse.words import TrackSource, TrackState, TroubleKind, TroubleOutcome


class Tracking(models.Model):
    """One waybill of an order that is followed. It is no edit of the order: no version, no history.

    `inbound`: by which the buyer sends goods back (SOP 1.4.d); it says nothing of our own parcel.

    `news_at`, `news_count`, `news_rank` say how new the newest news is, so that what comes twice,
    late or out of order ends the same (`following`). `poll_at` and `look_at` are timers: ask
    the tracker; see whether it has been quiet for too long or is kept for too long.
    """

    lock_rank: ClassVar[int] = 22

    order = models.ForeignKey(Order, models.CASCADE, related_name="+", db_index=False)
    carrier = models.CharField("快递公司", max_length=64, blank=True)
    waybill = KeyField("运单号", max_length=64)
    inbound = models.BooleanField("买家寄回的", default=False, db_default=False)
    stage = models.CharField(
        "物流状态", max_length=12, choices=TrackState.choices, default=TrackState.UNCLEAR.value
    )
    trouble = models.CharField(max_length=12, blank=True)
    made_at = models.DateTimeField("开始跟踪")
    last_at = models.DateTimeField("最近轨迹", null=True)
    last_text = models.CharField(max_length=300, blank=True)
    news_at = models.DateTimeField(null=True)
    news_count = models.PositiveIntegerField(default=0)
    news_rank = models.PositiveSmallIntegerField(default=0)
    subscribed = models.CharField("订阅", max_length=12, choices=TrackSource.choices, blank=True)
    why_not = models.CharField("为什么跟踪不了", max_length=200, blank=True)
    keeps_until = models.DateField("保管到", null=True)
    poll_at = models.DateTimeField("下次查询", null=True)
    look_at = models.DateTimeField("下次检查", null=True)
    ended_at = models.DateTimeField("结束跟踪", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "物流跟踪"
        constraints = [
            models.UniqueConstraint(fields=["waybill", "order"], name="tracking_once"),
        ]
        indexes = [
            models.Index(fields=["order", "-id"], name="tracking_order"),
            models.Index(
                fields=["poll_at", "id"], condition=Q(poll_at__isnull=False), name="tracking_poll"
            ),
            models.Index(
                fields=["look_at", "id"], condition=Q(look_at__isnull=False), name="tracking_look"
            ),
        ]

    def __str__(self) -> str:
        return self.waybill

    @property
    def carrier_name(self) -> str:
        return CARRIERS.get(self.carrier, self.carrier)


class TrackingEvent(models.Model):
    """One line of a parcel's way; the same line twice is one. Its text may name a courier."""

    tracking = models.ForeignKey(Tracking, models.CASCADE, related_name="events", db_index=False)
    at = models.DateTimeField("时间")
    text = models.CharField("轨迹", max_length=300)
    place = models.CharField("地点", max_length=64, blank=True)
    state = models.CharField(max_length=12, choices=TrackState.choices, blank=True)
    source = models.CharField("来源", max_length=12, choices=TrackSource.choices)

    class Meta:
        verbose_name = verbose_name_plural = "物流轨迹"
        constraints = [
            models.UniqueConstraint(fields=["tracking", "at", "text"], name="track_event_once"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%m-%d %H:%M}"


class Trouble(models.Model):
    """A parcel in trouble: on the worklist until somebody settles it, or it goes on by itself."""

    lock_rank: ClassVar[int] = 24

    tracking = models.ForeignKey(Tracking, models.CASCADE, related_name="+", db_index=False)
    order = models.ForeignKey(Order, models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField("异常", max_length=12, choices=TroubleKind.choices)
    keeps_until = models.DateField("保管到", null=True)
    opened_at = models.DateTimeField("发现时间")
    due_at = models.DateTimeField("最晚处理")
    claimed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    claimed_name = models.CharField("认领人", max_length=64, blank=True)
    outcome = models.CharField("结果", max_length=12, choices=TroubleOutcome.choices, blank=True)
    said = models.CharField("说明", max_length=300, blank=True)
    done_at = models.DateTimeField("处理完时间", null=True)
    done_name = models.CharField("处理人", max_length=64, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "异常件"
        constraints = [
            models.UniqueConstraint(
                fields=["tracking"], condition=Q(done_at__isnull=True), name="trouble_open"
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at", "id"], condition=Q(done_at__isnull=True), name="trouble_due"
            ),
            models.Index(fields=["order", "-id"], name="trouble_order"),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()

    @property
    def token(self) -> uuid.UUID:
        """One for each time that its button is drawn (architecture §3)."""
        return uuid.uuid4()

    def settle(self, outcome: str, said: str, now: datetime, name: str) -> None:
        """It needs nobody any more."""
        self.outcome, self.said = outcome, said[:300]
        self.done_at, self.done_name = now, name


class CarrierTerm(models.Model):
    """What the house knows of a carrier: how long it keeps a parcel, how long it may be quiet."""

    lock_rank: ClassVar[int] = 78

    carrier = models.CharField(
        "快递公司", max_length=16, unique=True, choices=list(CARRIERS.items())
    )
    keep_days = models.PositiveSmallIntegerField("送不到时保管几天", default=3)
    quiet_h = models.PositiveSmallIntegerField("几小时没有轨迹算异常", default=48)
    phone = models.CharField("客服电话", max_length=32, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "快递公司"
        ordering = ["carrier"]

    def __str__(self) -> str:
        return CARRIERS.get(self.carrier, self.carrier)
