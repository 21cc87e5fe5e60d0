"""Buyers and the accounts they write from."""

from __future__ import annotations

from django.db import models

from core.fields import KeyField
from orders.words import AccountKind


class Buyer(models.Model):
    """A customer. Accounts of several kinds may be one buyer's; an agent can attach one."""

    name = models.CharField("称呼", max_length=64, blank=True)
    blocked = models.BooleanField("黑名单", default=False)
    blocked_why = models.CharField("拉黑原因", max_length=200, blank=True)
    no_messages = models.BooleanField("不接收短信", default=False)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "买家"

    def __str__(self) -> str:
        return self.name or f"买家 {self.pk}"


class BuyerAccount(models.Model):
    """Wangwang, QQ or a platform's id. `channel` tells platforms apart that reuse names."""

    buyer = models.ForeignKey(Buyer, models.CASCADE, related_name="accounts")
    kind = models.CharField("类型", max_length=10, choices=AccountKind.choices)
    channel = models.CharField("渠道", max_length=16, blank=True)
    account = KeyField("账号", max_length=64)

    class Meta:
        verbose_name = verbose_name_plural = "买家账号"
        constraints = [
            models.UniqueConstraint(fields=["account", "kind", "channel"], name="account_one"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.account}"
