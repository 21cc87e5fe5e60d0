"""What belongs to an order: its goods, the waybills it once had, and how it got its number."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import F, Q

from core.acts import History
from core.fields import KeyField, money_field
from core.money import ZERO
from orders.models.order import Order
from stock.models import Sku


class OrderLine(models.Model):
    """One product of an order. `amount` is what the buyer owes for the line, discounts spread."""

    order = models.ForeignKey(Order, models.CASCADE, related_name="lines")
    sku = models.ForeignKey(
        Sku, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    platform_line_no = models.CharField("子订单号", max_length=64, blank=True)
    code = models.CharField("商家编码", max_length=64, blank=True)
    style_no = models.CharField("款号", max_length=64, blank=True)
    title = models.CharField("标题", max_length=300)
    colour = models.CharField("颜色", max_length=64, blank=True)
    size = models.CharField("尺码", max_length=64, blank=True)
    spec = models.CharField("规格原文", max_length=300, blank=True)
    quantity = models.PositiveIntegerField("数量")
    # Pieces that are kept for it, and since when it waits for the others (SOP 5.b).
    reserved = models.PositiveIntegerField("已预占", default=0, db_default=0)
    short_since = models.DateTimeField("缺货起", null=True, blank=True)
    price = money_field(verbose_name="单价", default=ZERO)
    amount = money_field(verbose_name="金额", default=ZERO)
    # The order that it was bought with, where that was merged into another (SOP 2.b).
    came_with = models.ForeignKey(
        Order, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    history = History(
        no_db_index=["order", "sku", "came_with"], excluded_fields=["reserved", "short_since"]
    )

    class Meta:
        verbose_name = verbose_name_plural = "订单商品"
        ordering = ["id"]
        indexes = [
            models.Index(fields=["sku"], condition=Q(sku__isnull=False), name="line_sku"),
            models.Index(
                fields=["sku", "short_since", "id"],
                condition=Q(short_since__isnull=False),
                name="line_short",
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gte=1), name="line_quantity"),
            models.CheckConstraint(condition=Q(price__gte=0), name="line_price"),
            models.CheckConstraint(
                condition=Q(reserved__lte=F("quantity")), name="line_reserved_within"
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def missing(self) -> int:
        """Pieces that it waits for."""
        return self.quantity - self.reserved if self.short_since else 0

    @property
    def label(self) -> str:
        spec = " · ".join(part for part in (self.colour, self.size) if part) or self.spec
        return " ".join(part for part in (self.style_no or self.code, self.title, spec) if part)


class OldWaybill(models.Model):
    """A waybill that an order once had; stays searchable (architecture §4)."""

    order = models.ForeignKey(Order, models.CASCADE, related_name="old_waybills")
    carrier = models.CharField("快递公司", max_length=64, blank=True)
    number = KeyField("运单号", max_length=64)
    at = models.DateTimeField("换下时间")

    class Meta:
        verbose_name = verbose_name_plural = "旧运单"
        indexes = [models.Index(fields=["number"], name="old_waybill")]

    def __str__(self) -> str:
        return self.number


class OrderNumber(models.Model):
    """The last number given on a day; our numbers are G + yymmdd + at least 4 digits."""

    day: models.DateField[date, date] = models.DateField(primary_key=True)
    last = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.day} {self.last}"
