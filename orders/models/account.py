"""A shop's accounts with outside systems."""

from __future__ import annotations

from django.db import models

from core.acts import History
from orders.accounts import ACCOUNTS
from orders.models.shop import Shop


class ShopAccount(models.Model):
    """The credentials of one shop for one system, sealed. History keeps none, not even sealed."""

    shop = models.ForeignKey(Shop, models.CASCADE, related_name="accounts")
    system = models.CharField("系统", max_length=16)
    sealed = models.TextField("凭据")
    active = models.BooleanField("启用", default=True)
    history = History(excluded_fields=["sealed"])

    class Meta:
        verbose_name = verbose_name_plural = "店铺的账号"
        constraints = [
            models.UniqueConstraint(fields=["shop", "system"], name="shop_account_once"),
        ]

    def __str__(self) -> str:
        return f"{self.shop_id} {self.system}"

    @property
    def label(self) -> str:
        return ACCOUNTS[self.system].label
