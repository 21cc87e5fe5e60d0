"""Trades (what was paid) and payments (a trade's share for an order)."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from core.acts import History
from core.fields import KeyField, money_field
from core.money import ZERO
from orders.words import Gateway, PayerSide


class Trade(models.Model):
    """One payment at a gateway, by its number. Split and merge move shares, never the trade."""

    lock_rank = 40

    number = KeyField("交易号", max_length=64)
    gateway = models.CharField("收款方式", max_length=10, choices=Gateway.choices)
    account = models.CharField("付款账号", max_length=128, blank=True)
    paid = money_field(verbose_name="实付")
    paid_at = models.DateTimeField("付款时间")
    refund_reserved = money_field(verbose_name="已占用退款", default=ZERO)

    class Meta:
        verbose_name = verbose_name_plural = "交易"
        constraints = [
            models.UniqueConstraint(fields=["number", "gateway"], name="trade_number"),
            models.CheckConstraint(condition=Q(paid__gte=0), name="trade_paid"),
            models.CheckConstraint(
                condition=Q(refund_reserved__gte=0) & Q(refund_reserved__lte=F("paid")),
                name="trade_refund",
            ),
        ]
        indexes = [
            # What a day's bill of a gateway should list.
            models.Index(
                fields=["gateway", "paid_at", "id"],
                condition=Q(gateway__in=["alipay", "wechat"]),
                name="trade_at_gateway",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class Payment(models.Model):
    """A trade's share for an order. `side` platform: paid by the platform, not by the buyer."""

    order = models.ForeignKey("orders.Order", models.PROTECT, related_name="payments")
    trade = models.ForeignKey(Trade, models.PROTECT, related_name="payments")
    side = models.CharField(
        "付款方", max_length=10, choices=PayerSide.choices, default=PayerSide.BUYER
    )
    amount = money_field(verbose_name="金额")
    reversed = models.BooleanField("已冲正", default=False)
    at = models.DateTimeField("时间")
    # The platform's order that it paid, where a split or a merge moved it to another of ours.
    came_with = models.ForeignKey(
        "orders.Order", models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    history = History(no_db_index=["order", "trade", "came_with"])

    class Meta:
        verbose_name = verbose_name_plural = "收款"
        constraints = [
            models.CheckConstraint(condition=Q(amount__gte=0), name="payment_amount"),
        ]
        indexes = [
            models.Index(
                fields=["came_with"],
                condition=Q(came_with__isnull=False),
                name="payment_came_with",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount}"
