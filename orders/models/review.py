"""Review of paid orders: what the rules found, and the lists that the owner keeps (SOP 2.b)."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django_fsm import FSMField

from core.acts import History
from core.fields import KeyField
from core.states import StateMixin, transition
from orders.models.order import Order
from orders.review import HitFact
from orders.words import BlockKind, HitState, ReviewCode


class ReviewHit(StateMixin, models.Model):
    """What a rule found on an order, and who passed it, why. Stays when it is gone.

    A pass is good for what was found, `about`: other findings of the same rule are a new hit.
    """

    order = models.ForeignKey(Order, models.CASCADE, related_name="hits", db_index=False)
    code = models.CharField("规则", max_length=10, choices=ReviewCode.choices)
    about = models.CharField(max_length=16)
    reason = models.CharField("原因", max_length=500)
    fixed = models.BooleanField("要处理完才消失", default=False)
    state = FSMField(
        "状态",
        max_length=6,
        choices=HitState.choices,
        default=HitState.OPEN.value,
        protected=True,
    )
    found_at = models.DateTimeField("发现时间")
    gone_at = models.DateTimeField("消失时间", null=True, blank=True)
    passed_at = models.DateTimeField("放行时间", null=True, blank=True)
    passed_why = models.CharField("放行原因", max_length=200, blank=True)
    passed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    passed_by_name = models.CharField("放行人", max_length=64, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "审单疑点"
        constraints = [
            models.UniqueConstraint(
                fields=["order", "code"], condition=~Q(state="gone"), name="hit_live_once"
            ),
        ]
        indexes = [
            models.Index(fields=["order", "found_at"], name="hit_order"),
            models.Index(fields=["code", "order"], condition=Q(state="open"), name="hit_open"),
        ]

    def __str__(self) -> str:
        return f"{self.get_code_display()} {self.reason}"

    @transition(field=state, source=HitState.OPEN, target=HitState.PASSED)
    def let_pass(self, at: datetime, why: str, by_id: int | None, by_name: str) -> None:
        """A person saw it and says why the order may go on all the same."""
        self.passed_at, self.passed_why = at, why[:200]
        self.passed_by_id, self.passed_by_name = by_id, by_name

    def fact(self) -> HitFact:
        return HitFact(ReviewCode(self.code), self.reason, self.fixed, self.passed_by_id)


class Claim(models.Model):
    """Who works on a row of a list now; it ends by itself."""

    order = models.ForeignKey(Order, models.CASCADE, related_name="claims", db_index=False)
    what = models.CharField("清单", max_length=8)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False
    )
    until = models.DateTimeField("到什么时候")

    class Meta:
        verbose_name = verbose_name_plural = "认领"
        constraints = [models.UniqueConstraint(fields=["order", "what"], name="claim_once")]

    def __str__(self) -> str:
        return f"{self.what} {self.order_id}"


class BlockEntry(models.Model):
    """An account, a telephone or an address to which nothing is sent unseen (features 24)."""

    lock_rank: ClassVar[int] = 82

    kind = models.CharField("类型", max_length=8, choices=BlockKind.choices)
    key = KeyField("内容", max_length=200)
    why = models.CharField("原因", max_length=200)
    active = models.BooleanField("有效", default=True)
    by_name = models.CharField("谁加的", max_length=64)
    at = models.DateTimeField("加入时间")
    ended_why = models.CharField("移出原因", max_length=200, blank=True)
    history = History()

    class Meta:
        verbose_name = verbose_name_plural = "黑名单"
        constraints = [
            models.UniqueConstraint(
                fields=["key", "kind"], condition=Q(active=True), name="block_once"
            ),
        ]
        indexes = [models.Index(fields=["active", "id"], name="block_list")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"


class RemoteArea(models.Model):
    """Where a carrier does not go, or only for more money or time; no carrier named: all."""

    lock_rank: ClassVar[int] = 83

    carrier = models.CharField("快递公司", max_length=64, blank=True)
    province = models.CharField("省", max_length=32)
    city = models.CharField("市", max_length=64, blank=True)
    district = models.CharField("区县", max_length=64, blank=True)
    why = models.CharField("说明", max_length=100)
    history = History()

    class Meta:
        verbose_name = verbose_name_plural = "偏远地区"
        ordering = ["province", "city", "district", "carrier"]
        constraints = [
            models.UniqueConstraint(
                fields=["province", "city", "district", "carrier"], name="remote_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.province}{self.city}{self.district}"

    @property
    def place(self) -> str:
        return " ".join(part for part in (self.province, self.city, self.district) if part)

    @classmethod
    def said(cls, place: str, carrier: str, why: str) -> str:
        return f"{place}：{carrier or '所有快递'}{why}"
