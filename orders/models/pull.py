"""How far the sold orders of a shop were read from its platform."""

from __future__ import annotations

from django.db import models

from orders.models.shop import Shop


class PullCursor(models.Model):
    """Everything that changed there before `read_to` was asked for."""

    shop = models.OneToOneField(Shop, models.CASCADE, related_name="pull")
    read_to = models.DateTimeField("读到")

    class Meta:
        verbose_name = verbose_name_plural = "平台订单读到哪里"

    def __str__(self) -> str:
        return f"{self.shop_id} {self.read_to}"
