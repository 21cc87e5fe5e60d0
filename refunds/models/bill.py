"""Gateways' bills and their rows (SOP 6.d)."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.urls import reverse

from core.fields import KeyField, money_field
from core.models import Job
from core.money import ZERO
from orders.models import Shop
from refunds.bills.layouts import BY_NAME
from refunds.paying import Way
from refunds.words import BillWhat, There

GATEWAYS = [(way.value, way.label) for way in (Way.ALIPAY, Way.WECHATPAY)]


class Bill(models.Model):
    """What a gateway says of one day of one account.

    `account` is the gateway's number of it, or `shop:…` where none is configured. Read, but not
    `compared_at`: a person looks at it first.
    """

    gateway = models.CharField("渠道", max_length=10, choices=GATEWAYS)
    account = KeyField("账户", max_length=64)
    shop = models.ForeignKey(Shop, models.PROTECT, related_name="+", db_index=False)
    day = models.DateField("日期")
    layout = models.CharField("账单", max_length=16)
    digest = KeyField("摘要", max_length=64)
    title = models.CharField("文件", max_length=100)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    job = models.ForeignKey(Job, models.SET_NULL, null=True, related_name="+", db_index=False)
    rows = models.PositiveIntegerField("行", default=0)
    # What → label → [how many, yuan].
    told: Any = models.JSONField(default=dict)
    matched = models.PositiveIntegerField("对上", default=0)
    made_at = models.DateTimeField("什么时候来的")
    read_at = models.DateTimeField("读完", null=True)
    compared_at = models.DateTimeField("对完", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "渠道账单"
        constraints = [
            models.UniqueConstraint(
                fields=["gateway", "account", "day", "digest"], name="bill_once"
            ),
        ]
        indexes = [models.Index(fields=["made_at", "id"], name="bill_made")]

    def __str__(self) -> str:
        return f"{self.day:%m-%d} {self.label}"

    def get_absolute_url(self) -> str:
        return reverse("bill", args=[self.pk])

    @property
    def failed(self) -> bool:
        """It could not be read; its job says why."""
        return self.read_at is None and not (self.job and self.job.open)

    @property
    def label(self) -> str:
        return BY_NAME[self.layout].label if self.layout else self.get_gateway_display()

    @property
    def covers(self) -> list[BillWhat]:
        """What it would list all of."""
        layout = BY_NAME[self.layout]
        both = [(BillWhat.PAYMENT, layout.payments), (BillWhat.REFUND, layout.refunds)]
        return [what for what, listed in both if listed]


class BillRow(models.Model):
    """One row. `key`: our refund's number or the gateway's trade number, by which it is found.

    Kept for some weeks, so that a neighbour day's difference finds what explains it.
    """

    bill = models.ForeignKey(Bill, models.CASCADE, related_name="entries", db_index=False)
    gateway = models.CharField(max_length=10)
    account = KeyField(max_length=64)
    line = models.PositiveIntegerField("行号")
    what = models.CharField("是什么", max_length=8, choices=BillWhat.choices)
    key = KeyField(max_length=64, blank=True)
    trade = KeyField("交易号", max_length=64, blank=True)
    amount = money_field(verbose_name="金额", default=ZERO)
    at = models.DateTimeField("时间", null=True)
    label = models.CharField("渠道的说法", max_length=200, blank=True)
    there = models.CharField("渠道说", max_length=10, choices=There.choices)

    class Meta:
        verbose_name = verbose_name_plural = "账单的行"
        indexes = [
            models.Index(fields=["bill", "id"], name="bill_row_bill"),
            models.Index(fields=["key", "what", "gateway", "account"], name="bill_row_key"),
            models.Index(
                fields=["bill", "line"],
                condition=models.Q(what__in=["unknown", "unread"]),
                name="bill_row_odd",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.bill_id}:{self.line}"
