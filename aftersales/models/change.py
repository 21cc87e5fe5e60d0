"""Changes of the policy or of a sentence: proposed by one, put in force by another (SOP 7.a)."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django_fsm import FSMField

from aftersales.changing import ChangeFacts
from aftersales.words import ChangeOf, ChangeState
from core.acts import History
from core.states import StateMixin, transition

S = ChangeState
_PROPOSED = Q(state=S.PROPOSED.value)


class PolicyChange(StateMixin, models.Model):
    """One change that waits for a second person, with the whole text as it would be.

    `key`, `scope`: which sentence, of which shop; empty for the policy. `title`: what it is of, in
    words. `base`: the number of the version that it replaces; `made`: the number that it became.
    """

    lock_rank: ClassVar[int] = 16

    about = models.CharField("改什么", max_length=10, choices=ChangeOf.choices)
    key = models.CharField("句子", max_length=64, blank=True)
    scope = models.CharField("店铺代码", max_length=32, blank=True)
    title = models.CharField("叫什么", max_length=200)
    state = FSMField(
        "状态", max_length=10, choices=S.choices, default=S.PROPOSED.value, protected=True
    )
    version = models.PositiveIntegerField(default=1)
    base = models.PositiveIntegerField("照第几版改")
    after = models.DateTimeField("那一版何时生效", null=True, blank=True)
    text: Any = models.JSONField("内容")
    from_at = models.DateTimeField("何时生效", null=True, blank=True)
    why = models.CharField("为什么改", max_length=300)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False
    )
    by_name = models.CharField("谁提的", max_length=64)
    at = models.DateTimeField("提出时间")
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    decided_name = models.CharField("谁定的", max_length=64, blank=True)
    decided_at = models.DateTimeField("何时定的", null=True, blank=True)
    decided_why = models.CharField("怎么定的", max_length=300, blank=True)
    made = models.PositiveIntegerField("成了第几版", null=True, blank=True)
    history = History(no_db_index=["by", "decided_by"], excluded_fields=["text"])

    class Meta:
        verbose_name = verbose_name_plural = "政策改动"
        constraints = [
            models.UniqueConstraint(
                fields=["about", "scope", "key"], condition=_PROPOSED, name="change_one_waits"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[S.PASSED.value, S.REJECTED.value])
                | (Q(decided_by__isnull=False) & ~Q(decided_by=F("by"))),
                name="change_decided_by_another",
            ),
            models.CheckConstraint(
                condition=(_PROPOSED & Q(decided_at=None)) | (~_PROPOSED & ~Q(decided_at=None)),
                name="change_decided",
            ),
            models.CheckConstraint(
                condition=~Q(state=S.PASSED.value) | Q(made__isnull=False, from_at__isnull=False),
                name="change_made",
            ),
        ]
        indexes = [
            models.Index(fields=["at", "id"], condition=_PROPOSED, name="change_waits"),
            models.Index(fields=["-decided_at", "-id"], condition=~_PROPOSED, name="change_past"),
        ]

    def __str__(self) -> str:
        return f"改{self.title}"

    def get_absolute_url(self) -> str:
        return reverse("policy-change", args=[self.pk])

    def facts(self) -> ChangeFacts:
        return ChangeFacts(
            S(self.state), self.by_id, self.by_name, self.decided_name, self.from_at, self.after
        )

    @property
    def of_rules(self) -> bool:
        return self.about == ChangeOf.RULES.value

    @transition(field=state, source=S.PROPOSED, target=S.PASSED)
    def put_in_force(self, by: int | None, name: str, at: datetime, made: int) -> None:
        """Another person agrees: it counts from its date, or at once."""
        self.from_at, self.made = self.from_at or at, made
        self._decided(by, name, at, "")

    @transition(field=state, source=S.PROPOSED, target=S.REJECTED)
    def reject(self, by: int | None, name: str, at: datetime, why: str) -> None:
        """Another person says no, and why."""
        self._decided(by, name, at, why)

    @transition(field=state, source=S.PROPOSED, target=S.WITHDRAWN)
    def withdraw(self, by: int | None, name: str, at: datetime, why: str) -> None:
        """Who proposed it does not want it any more."""
        self._decided(by, name, at, why)

    def _decided(self, by: int | None, name: str, at: datetime, why: str) -> None:
        self.decided_by_id, self.decided_name = by, name
        self.decided_at, self.decided_why = at, why[:300]
