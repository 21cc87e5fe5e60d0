"""What the owner keeps for the bench: boxes, freight prices, tolerances (SOP 2.f, 2.g)."""

from __future__ import annotations

import re
from typing import Any

from django.db import models

from core.acts import History
from core.fields import KeyField, money_field
from core.remembered import remembered
from orders.models import Shop
from warehouse import policy


class Box(models.Model):
    """A box with its limits; its barcode is its code (`BOX-1`)."""

    code = KeyField("代码", max_length=16, unique=True)
    name = models.CharField("名称", max_length=32)
    inside = models.CharField("内尺寸（毫米）", max_length=32, blank=True)
    weight_g = models.PositiveIntegerField("自重（克）", default=0)
    most_g = models.PositiveIntegerField("最多装（克）")
    most_pieces = models.PositiveIntegerField("最多装（件）")
    materials = models.CharField("辅料", max_length=200, blank=True)
    active = models.BooleanField("启用", default=True)
    history = History()

    class Meta:
        verbose_name = verbose_name_plural = "箱型"
        ordering = ["most_g", "most_pieces", "code"]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        super().save(*args, **kwargs)
        all_boxes.forget()

    def fact(self) -> policy.BoxFact:
        return policy.BoxFact(
            self.code, self.weight_g, self.most_g, self.most_pieces, sides_mm(self.inside)
        )


@remembered
def all_boxes() -> list[Box]:
    return list(Box.objects.all())


def boxes_in_use() -> list[Box]:
    return [box for box in all_boxes() if box.active]


def sides_mm(text: str) -> tuple[int, ...]:
    """Of `250×180×100` the sides, the longest first; empty where it does not say three."""
    sides = [int(found) for found in re.findall(r"\d{1,5}", text)]
    return tuple(sorted(sides, reverse=True)) if len(sides) == 3 and all(sides) else ()


class FreightPrice(models.Model):
    """What a carrier takes to a zone: first weight, then each further weight begun, yuan."""

    carrier = models.CharField("快递公司", max_length=64)
    zone = models.CharField("区域", max_length=32)
    provinces: Any = models.JSONField("省份", default=list, blank=True)  # none: everywhere else
    first_g = models.PositiveIntegerField("首重（克）", default=1000)
    first_price = money_field(verbose_name="首重价")
    step_g = models.PositiveIntegerField("续重单位（克）", default=1000)
    step_price = money_field(verbose_name="续重价")
    history = History()

    class Meta:
        verbose_name = verbose_name_plural = "快递价"
        ordering = ["carrier", "id"]
        constraints = [models.UniqueConstraint(fields=["carrier", "zone"], name="freight_zone")]

    def __str__(self) -> str:
        return f"{self.carrier} {self.zone}"

    def fact(self) -> policy.PriceFact:
        return policy.PriceFact(
            self.zone,
            tuple(self.provinces),
            self.first_g,
            self.first_price,
            self.step_g,
            self.step_price,
        )


class ShopPacking(models.Model):
    """How a shop's parcels are weighed and by whom they go when the order names no carrier."""

    shop = models.OneToOneField(Shop, models.CASCADE, related_name="+", verbose_name="店铺")
    tolerance_g = models.PositiveIntegerField("允许差（克）", default=50)
    tolerance_percent = models.PositiveSmallIntegerField("允许差（%）", default=5)
    carrier = models.CharField("默认快递", max_length=64, blank=True)
    history = History()

    class Meta:
        verbose_name = verbose_name_plural = "称重设置"

    def __str__(self) -> str:
        return f"{self.shop_id}: {self.tolerance_g} g / {self.tolerance_percent} %"

    def fact(self) -> policy.Tolerance:
        return policy.Tolerance(self.tolerance_g, self.tolerance_percent)
