"""SKUs, stock levels and the ledger of their movements."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from core.acts import History
from core.fields import KeyField, money_field
from stock.words import MovementKind


class Sku(models.Model):
    """One thing that can be sold: style, colour and size."""

    lock_rank = 50

    code = KeyField("商家编码", max_length=64, unique=True)
    barcode = KeyField("条码", max_length=64, blank=True)
    style_no = KeyField("款号", max_length=64)
    name = models.CharField("品名", max_length=200)
    colour = models.CharField("颜色", max_length=64, blank=True)
    size = models.CharField("尺码", max_length=64, blank=True)
    price = money_field(verbose_name="售价")
    weight_g = models.PositiveIntegerField("重量（克）", default=0)
    # As it is packed, millimetres; 0: not known.
    length_mm = models.PositiveIntegerField("长（毫米）", default=0, db_default=0)
    width_mm = models.PositiveIntegerField("宽（毫米）", default=0, db_default=0)
    height_mm = models.PositiveIntegerField("高（毫米）", default=0, db_default=0)
    shelf = models.CharField("货位", max_length=32, blank=True)
    is_top_up = models.BooleanField("补差价专用", default=False)
    active = models.BooleanField("在售", default=True)
    made = models.BooleanField("自己生产", default=False, db_default=False)
    check_quality = models.BooleanField("发货前质检", default=False, db_default=False)
    version = models.PositiveIntegerField(default=1, db_default=1)
    history = History()

    class Meta:
        verbose_name = verbose_name_plural = "商品"
        indexes = [
            models.Index(fields=["style_no", "colour", "size"], name="sku_style"),
            models.Index(fields=["barcode"], condition=~Q(barcode=""), name="sku_barcode"),
        ]

    def __str__(self) -> str:
        return self.label

    def get_absolute_url(self) -> str:
        return reverse("sku", args=[self.pk])

    @property
    def spec(self) -> str:
        return " · ".join(part for part in (self.colour, self.size) if part)

    @property
    def sides_mm(self) -> tuple[int, ...]:
        """The longest first; empty where one of them is not known."""
        sides = (self.length_mm, self.width_mm, self.height_mm)
        return tuple(sorted(sides, reverse=True)) if all(sides) else ()

    @property
    def label(self) -> str:
        return " ".join(part for part in (self.style_no, self.name, self.spec) if part)


class StockLevel(models.Model):
    """What lies on the shelf of a SKU and what of it is promised: 0 ≤ reserved ≤ on_hand.

    Written by `stock.services.ledger` alone. Defect pieces are no part of `on_hand`.
    """

    lock_rank = 51

    sku = models.OneToOneField(Sku, models.PROTECT, related_name="level", primary_key=True)
    on_hand = models.PositiveIntegerField("在库", default=0)
    reserved = models.PositiveIntegerField("已预占", default=0)
    defect = models.PositiveIntegerField("次品", default=0, db_default=0)
    # More became available and nobody has looked yet who waits for it (SOP 1.3, 5.b).
    freed_at = models.DateTimeField("有货待分配", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "库存"
        constraints = [
            models.CheckConstraint(condition=Q(reserved__lte=F("on_hand")), name="stock_reserved"),
        ]
        indexes = [
            models.Index(
                fields=["freed_at"], condition=Q(freed_at__isnull=False), name="stock_freed"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sku_id}: {self.on_hand} − {self.reserved}"

    @property
    def available(self) -> int:
        return self.on_hand - self.reserved


class Movement(models.Model):
    """One change of a stock level: why, by which act, who, before → after. Never changed again.

    `ref` is what it was for: an order's number, a receipt's.
    """

    sku = models.ForeignKey(Sku, models.PROTECT, related_name="movements", db_index=False)
    why = models.CharField("原因", max_length=10, choices=MovementKind.choices)
    ref = KeyField("单据", max_length=64, blank=True)
    note = models.CharField("说明", max_length=200, blank=True)
    act = models.UUIDField(null=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    by_name = models.CharField("操作人", max_length=64)
    at = models.DateTimeField("时间")
    on_hand_before = models.PositiveIntegerField()
    on_hand = models.PositiveIntegerField("在库")
    reserved_before = models.PositiveIntegerField()
    reserved = models.PositiveIntegerField("已预占")
    defect_before = models.PositiveIntegerField()
    defect = models.PositiveIntegerField("次品")

    class Meta:
        verbose_name = verbose_name_plural = "库存流水"
        indexes = [models.Index(fields=["sku", "id"], name="movement_sku")]

    def __str__(self) -> str:
        return f"{self.sku_id} {self.get_why_display()} {self.on_hand_before} → {self.on_hand}"
