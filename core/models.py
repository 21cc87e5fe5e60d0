"""Tables that every room uses: acts, sentences, jobs, messages."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from core.fields import PayloadField
from core.trace import request_id


class ActOutcome(models.TextChoices):
    DONE = "done", "已完成"
    REFUSED = "refused", "被拒绝"


class Act(models.Model):
    """One thing that a person, a timer or a platform did: the timeline (architecture §3).

    Holds no personal data: names, telephones and addresses come in masked.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    verb = models.CharField(max_length=40)
    subject_kind = models.CharField(max_length=40, blank=True)
    subject_id = models.BigIntegerField(null=True)
    order_no = models.CharField(max_length=32, blank=True)
    part_of = models.ForeignKey("self", models.CASCADE, null=True, related_name="+", db_index=False)
    actor_kind = models.CharField(max_length=10)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    actor_name = models.CharField(max_length=64)
    at = models.DateTimeField()
    clause = models.CharField(max_length=40, blank=True)
    reason = models.CharField(max_length=500, blank=True)
    channel = models.CharField(max_length=20, blank=True)
    outcome = models.CharField(max_length=8, choices=ActOutcome.choices, default=ActOutcome.DONE)
    token = models.UUIDField(null=True)
    summary = models.CharField(max_length=500, blank=True)
    changes: Any = models.JSONField(default=list)
    say: Any = models.JSONField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = "操作"
        constraints = [
            models.UniqueConstraint(
                fields=["token"], condition=Q(token__isnull=False), name="act_token"
            ),
        ]
        indexes = [
            models.Index(fields=["order_no", "at"], condition=~Q(order_no=""), name="act_order"),
            models.Index(
                fields=["subject_kind", "subject_id", "at"],
                condition=Q(order_no=""),
                name="act_subject",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.order_no}".strip()


class Sentence(models.Model):
    """What the customer is told, by key; a shop's own text wins, the newest in force counts.

    `from_at`: since when it does; None: since it was written.
    """

    scope = models.CharField("店铺代码", max_length=32, blank=True)
    key = models.CharField("句子", max_length=64)
    version = models.PositiveIntegerField("版本")
    text = models.TextField("内容")
    from_at = models.DateTimeField("何时生效", null=True, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "告知买家的话"
        constraints = [
            models.UniqueConstraint(fields=["scope", "key", "version"], name="sentence_version"),
        ]

    def __str__(self) -> str:
        return f"{self.key} v{self.version}"


class JobState(models.TextChoices):
    PENDING = "pending", "排队中"
    RUNNING = "running", "进行中"
    DONE = "done", "已完成"
    FAILED = "failed", "失败"
    CANCELLED = "cancelled", "已取消"


class Job(models.Model):
    """Long work as a row with a lease and a cursor (architecture §6).

    A broker message only hints that there is one; a worker that dies leaves a lease that ends.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=40)
    title = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=10, choices=JobState.choices, default=JobState.PENDING)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    params: Any = models.JSONField(default=dict)
    cursor: Any = models.JSONField(default=dict)
    result: Any = models.JSONField(default=dict)
    done = models.PositiveBigIntegerField(default=0)
    total = models.PositiveBigIntegerField(default=0)
    error = models.CharField(max_length=500, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    lease = models.UUIDField(null=True)
    not_before = models.DateTimeField()
    request_id = models.CharField(max_length=64, default=request_id, db_default="")
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = "后台任务"
        indexes = [
            models.Index(
                fields=["not_before"], condition=Q(state__in=["pending", "running"]), name="job_due"
            ),
            models.Index(fields=["by", "-created_at"], name="job_by"),
            models.Index(fields=["finished_at"], condition=Q(state="failed"), name="job_failed"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"

    @property
    def percent(self) -> int:
        return min(100, int(self.done * 100 / self.total)) if self.total else 0

    @property
    def open(self) -> bool:
        return self.state in (JobState.PENDING, JobState.RUNNING)


class MessageState(models.TextChoices):
    PENDING = "pending", "待发送"
    CLAIMED = "claimed", "发送中"
    DONE = "done", "已送达"
    FAILED = "failed", "失败"
    GIVEN_UP = "given_up", "已放弃"
    KEPT = "kept", "已留存"


WAITING = [MessageState.PENDING.value, MessageState.CLAIMED.value]


class Message(models.Model):
    """What has to reach a handler at least once, whoever dies meanwhile (architecture §6).

    Handlers are idempotent by `key`. Messages of one `line` are handled one after another.
    """

    topic = models.CharField("类别", max_length=40)
    key = models.CharField("键", max_length=120, unique=True)
    line = models.CharField("次序", max_length=64, blank=True)
    state = models.CharField(
        "状态", max_length=8, choices=MessageState.choices, default=MessageState.PENDING
    )
    not_before = models.DateTimeField("最早处理时间")
    tries = models.PositiveSmallIntegerField("次数", default=0)
    lease = models.UUIDField(null=True)
    error = models.CharField("错误", max_length=500, blank=True)
    order_no = models.CharField("订单号", max_length=32, blank=True)
    request_id = models.CharField("请求编号", max_length=64, default=request_id, db_default="")
    created_at = models.DateTimeField("写下时间")
    done_at = models.DateTimeField("完成时间", null=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.topic} {self.key}"


def _message_indexes(name: str) -> list[models.Index]:
    waiting = Q(state__in=WAITING)
    return [
        models.Index(fields=["not_before", "id"], condition=waiting, name=f"{name}_due"),
        models.Index(fields=["line", "id"], condition=waiting & ~Q(line=""), name=f"{name}_line"),
        models.Index(fields=["created_at"], condition=waiting, name=f"{name}_age"),
        models.Index(fields=["id"], condition=Q(state="failed"), name=f"{name}_failed"),
        models.Index(
            fields=["done_at"], condition=Q(state__in=["done", "given_up"]), name=f"{name}_done"
        ),
        models.Index(fields=["order_no", "id"], condition=~Q(order_no=""), name=f"{name}_order"),
    ]


class OutboxMessage(Message):
    """To the outside, written in the transaction of the act that wants it."""

    payload: Any = PayloadField("内容")

    class Meta:
        verbose_name = verbose_name_plural = "待发消息"
        indexes = _message_indexes("outbox")


class InboxMessage(Message):
    """From the outside: verified on arrival, kept as it came, handled once.

    Of a topic that no room handles yet it is `KEPT`, until one does.
    """

    raw = models.BinaryField("原文")
    shop = models.CharField("店铺代码", max_length=32, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "收到的消息"
        indexes = [
            *_message_indexes("inbox"),
            models.Index(fields=["topic", "id"], condition=Q(state="kept"), name="inbox_kept"),
        ]


class Tally(models.Model):
    """A count that all processes add to, or a time stamp that the last one sets: `core.tally`."""

    name = models.CharField(max_length=80)
    labels = models.CharField(max_length=300)
    value = models.FloatField()

    class Meta:
        verbose_name = verbose_name_plural = "计数"
        constraints = [models.UniqueConstraint(fields=["name", "labels"], name="tally_series")]

    def __str__(self) -> str:
        return f"{self.name} {self.labels}"
