"""How far the refunds that buyers applied for were read from a shop's platform."""

from __future__ import annotations

from django.db import models

from orders.models import Shop


class RefundCursor(models.Model):
    """Everything that changed there before `read_to` was asked for."""

    shop = models.OneToOneField(Shop, models.CASCADE, related_name="+")
    read_to = models.DateTimeField("读到")

    class Meta:
        verbose_name = verbose_name_plural = "平台退款读到哪里"

    def __str__(self) -> str:
        return f"{self.shop_id} {self.read_to}"
