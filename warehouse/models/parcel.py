"""Parcels: what the warehouse makes of an order (architecture §4)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from operator import attrgetter
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.functional import cached_property
from django_fsm import FSMField

from core.acts import History
from core.fields import KeyField, money_field
from core.states import StateMixin, transition
from orders.models import Hold, Order, OrderLine
from orders.words import Delivery
from stock.models import Sku
from warehouse.models.hand_over import HandOver
from warehouse.models.wave import Wave
from warehouse.words import ON_THE_BENCH, ParcelState

P = ParcelState
BEFORE_HAND_OVER = [P.QUEUED, P.PICKING, P.PICKED, P.VERIFIED, P.PACKED, P.WEIGHED, P.SHIPPED]


class Parcel(StateMixin, models.Model):
    """One parcel of an order; an order has many over time, at most one that is not stopped."""

    lock_rank: ClassVar[int] = 20
    lock_first: ClassVar[str] = "order"
    read_with: ClassVar[tuple[str, ...]] = ("order__shop",)

    number = KeyField("包裹号", max_length=16, unique=True)
    order = models.ForeignKey(Order, models.PROTECT, related_name="+", db_index=False)
    wave = models.ForeignKey(Wave, models.PROTECT, null=True, related_name="parcels")
    state = FSMField(
        "状态", max_length=12, choices=P.choices, default=P.QUEUED.value, protected=True
    )
    slot = models.PositiveSmallIntegerField("格口", default=0)
    expedited = models.BooleanField("加急", default=False)
    carrier = models.CharField("快递公司", max_length=64, blank=True)
    waybill = KeyField("运单号", max_length=64, blank=True)
    box = models.CharField("箱型", max_length=32, blank=True)
    expected_g = models.PositiveIntegerField("应重（克）", default=0)
    weight_g = models.PositiveIntegerField("实重（克）", null=True, blank=True)
    freight: models.DecimalField[Decimal | None, Decimal | None] = money_field(
        verbose_name="运费成本", null=True, blank=True
    )
    # Whose weight was outside the tolerance: another person has a second look (SOP 2.g).
    doubt_g = models.PositiveIntegerField("待复核重量（克）", null=True, blank=True)
    doubt_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    # Who has it on the bench now: a second station is told so.
    held_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    held_at = models.DateTimeField(null=True, blank=True)
    delivery = models.CharField(
        "配送方式",
        max_length=8,
        choices=Delivery.choices,
        default=Delivery.EXPRESS.value,
        db_default=Delivery.EXPRESS.value,
    )
    # What the customer says to get it, where it is picked up (SOP 5.e).
    pickup_code = models.CharField("取货码", max_length=6, blank=True, default="", db_default="")
    hand_over_list = models.ForeignKey(
        HandOver, models.PROTECT, null=True, related_name="parcels", db_index=False
    )
    ship_by = models.DateTimeField("承诺发货", null=True, blank=True)
    made_at = models.DateTimeField("排队时间")
    picked_at = models.DateTimeField("配完时间", null=True, blank=True)
    verified_at = models.DateTimeField("校验时间", null=True, blank=True)
    packed_at = models.DateTimeField("打包时间", null=True, blank=True)
    weighed_at = models.DateTimeField("称重时间", null=True, blank=True)
    slip_pulled_at = models.DateTimeField("底单抽出时间", null=True, blank=True)
    slip_voided_at = models.DateTimeField("底单作废时间", null=True, blank=True)
    shipped_at = models.DateTimeField("发货时间", null=True, blank=True)
    handed_over_at = models.DateTimeField("交快递时间", null=True, blank=True)
    stopped_at = models.DateTimeField("截停时间", null=True, blank=True)
    stopped_why = models.CharField("截停原因", max_length=200, blank=True)
    history = History(
        no_db_index=["number", "order", "wave", "waybill", "hand_over_list"],
        excluded_fields=["held_by", "held_at", "pickup_code"],
    )

    class Meta:
        verbose_name = verbose_name_plural = "包裹"
        constraints = [
            models.UniqueConstraint(
                fields=["order"], condition=~Q(state="stopped"), name="parcel_active"
            ),
            models.UniqueConstraint(
                fields=["waybill"],
                condition=~Q(waybill="") & ~Q(state="stopped"),
                name="parcel_waybill",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[s.value for s in ParcelState]), name="parcel_state"
            ),
        ]
        indexes = [
            models.Index(fields=["order", "id"], name="parcel_order"),
            models.Index(fields=["waybill"], condition=~Q(waybill=""), name="parcel_waybills"),
            models.Index(
                fields=["carrier", "shipped_at", "id"],
                condition=Q(state="shipped"),
                name="parcel_to_hand_over",
            ),
            models.Index(
                fields=["hand_over_list", "id"],
                condition=Q(hand_over_list__isnull=False),
                name="parcel_handed_over",
            ),
            models.Index(
                fields=["delivery", "-expedited", "weighed_at", "id"],
                condition=Q(state="weighed"),
                name="parcel_to_leave",
            ),
            models.Index(
                fields=["state", "-expedited", "made_at", "id"],
                condition=~Q(state__in=["handed_over", "stopped"]),
                name="parcel_open",
            ),
            models.Index(
                fields=["-expedited", "ship_by", "id"],
                condition=Q(state__in=ON_THE_BENCH),
                name="parcel_bench",
            ),
            models.Index(
                fields=["ship_by", "id"],
                condition=Q(state__in=ON_THE_BENCH, ship_by__isnull=False),
                name="parcel_late",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @cached_property
    def goods(self) -> list[ParcelLine]:
        """What is in it, in the order of the shelf walk; read once for this instance."""
        # Sorted here: the few rows of a parcel are read at every scan, and Django needs longer to
        # word an ORDER BY than for the rest of such a query.
        lines = self.lines.select_related("sku").order_by()
        return sorted(lines, key=lambda line: (line.sku.shelf, line.pk))

    @cached_property
    def bars(self) -> list[Hold]:
        """The holds that bar its order; read once for this instance."""
        return sorted(Hold.barring().filter(order=self.order_id), key=attrgetter("pk"))

    # -- states (architecture §4) -----------------------------------------------------------

    @transition(field=state, source=P.QUEUED, target=P.PICKING)
    def begin(self) -> None:
        """Its wave's list was printed or taken."""

    @transition(field=state, source=P.PICKING, target=P.PICKED)
    def pick(self, at: datetime) -> None:
        """All its goods were taken from the shelves (SOP 2.d)."""
        self.picked_at = at

    @transition(field=state, source=P.PICKED, target=P.VERIFIED)
    def verify(self, at: datetime) -> None:
        """Every piece was scanned, nothing wrong, extra or missing (SOP 2.e)."""
        self.verified_at = at

    @transition(field=state, source=P.VERIFIED, target=P.PICKED)
    def unverify(self) -> None:
        """`UNDO` at the station."""
        self.verified_at = None

    @transition(field=state, source=P.VERIFIED, target=P.PACKED)
    def pack(self, at: datetime, box: str) -> None:
        """The goods are in the box (SOP 2.f)."""
        self.packed_at, self.box = at, box

    @transition(field=state, source=P.PACKED, target=P.VERIFIED)
    def unpack(self) -> None:
        """`UNDO` at the station."""
        self.packed_at, self.box = None, ""
        self.doubt_g = self.doubt_by_id = None

    @transition(field=state, source=P.PACKED, target=P.WEIGHED)
    def weigh(self, at: datetime, weight_g: int) -> None:
        """On the scale, grams (SOP 2.g)."""
        self.weighed_at, self.weight_g = at, weight_g
        self.doubt_g = self.doubt_by_id = None

    @transition(field=state, source=P.WEIGHED, target=P.PACKED)
    def unweigh(self) -> None:
        """`UNDO` at the station."""
        self.weighed_at = self.weight_g = self.freight = None

    @transition(field=state, source=P.WEIGHED, target=P.SHIPPED)
    def ship(self, at: datetime) -> None:
        """The waybill is on it, the slip is pulled (SOP 2.g)."""
        self.shipped_at = self.slip_pulled_at = at

    @transition(field=state, source=P.SHIPPED, target=P.HANDED_OVER)
    def hand_over(self, at: datetime) -> None:
        """The carrier signed for it."""
        self.handed_over_at = at

    @transition(field=state, source=BEFORE_HAND_OVER, target=P.STOPPED)
    def stop(self, at: datetime, why: str) -> None:
        """It must not leave; its slip and waybill are void (SOP 1.1.e, 1.2.b)."""
        self.stopped_at, self.stopped_why = at, why[:200]
        self.slip_voided_at = at


class ParcelLine(models.Model):
    """What of one order line goes into the parcel, and what the scans counted."""

    parcel = models.ForeignKey(Parcel, models.CASCADE, related_name="lines")
    line = models.ForeignKey(OrderLine, models.PROTECT, related_name="+", db_index=False)
    sku = models.ForeignKey(Sku, models.PROTECT, related_name="+", db_index=False)
    quantity = models.PositiveIntegerField("数量")
    picked = models.PositiveIntegerField("已配", default=0)
    verified = models.PositiveIntegerField("已校验", default=0)
    to_check = models.PositiveIntegerField("待质检", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "包裹商品"
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(picked__lte=F("quantity"), verified__lte=F("quantity") - F("to_check")),
                name="parcel_line_counts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.parcel_id}: {self.sku_id} × {self.quantity}"

    @property
    def left_to_pick(self) -> int:
        return self.quantity - self.picked

    @property
    def left_to_verify(self) -> int:
        return self.quantity - self.verified - self.to_check
