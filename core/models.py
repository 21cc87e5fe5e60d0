"""Tables that every room uses: acts, sentences, jobs."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q


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
    """What the customer is told, by key; a shop's own text wins, the newest version counts."""

    scope = models.CharField("店铺代码", max_length=32, blank=True)
    key = models.CharField("句子", max_length=64)
    version = models.PositiveIntegerField("版本")
    text = models.TextField("内容")
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
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = "后台任务"
        indexes = [
            models.Index(
                fields=["not_before"], condition=Q(state__in=["pending", "running"]), name="job_due"
            ),
            models.Index(fields=["by", "-created_at"], name="job_by"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"

    @property
    def percent(self) -> int:
        return min(100, int(self.done * 100 / self.total)) if self.total else 0

    @property
    def open(self) -> bool:
        return self.state in (JobState.PENDING, JobState.RUNNING)
