"""What is on its way to the stock: purchases and production orders (SOP 5.d)."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django_fsm import RETURN_VALUE, FSMField

from core.acts import History
from core.states import StateMixin, transition
from stock.models.goods import Sku
from stock.policy import COMING, ENDED, SupplyFacts
from stock.words import SupplyKind, SupplyState

S = SupplyState
_PREFIX = {SupplyKind.PURCHASE: "CG", SupplyKind.PRODUCTION: "SC"}


class Supply(StateMixin, models.Model):
    """So many pieces of one SKU that are bought or made. No prices: this is no ERP.

    `moved_at`: the expected date changed, and who waits for the goods was not told yet.
    """

    lock_rank: ClassVar[int] = 45

    kind = models.CharField("种类", max_length=10, choices=SupplyKind.choices)
    sku = models.ForeignKey(Sku, models.PROTECT, related_name="supplies", db_index=False)
    state = FSMField(
        "状态", max_length=10, choices=SupplyState.choices, default=S.DRAFT.value, protected=True
    )
    version = models.PositiveIntegerField(default=1)
    quantity = models.PositiveIntegerField("数量")
    good = models.PositiveIntegerField("已收良品", default=0)
    defect = models.PositiveIntegerField("已收次品", default=0)
    supplier = models.CharField("供应商", max_length=100, blank=True)
    expected_on: models.DateField[date | None, date | None] = models.DateField(
        "预计到货", null=True, blank=True
    )
    moved_at = models.DateTimeField(null=True, blank=True)
    made_at = models.DateTimeField("建立时间")
    ended_at = models.DateTimeField("结束时间", null=True, blank=True)
    ended_why = models.CharField("取消原因", max_length=200, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    by_name = models.CharField("建立人", max_length=64)
    history = History(no_db_index=["sku", "by"], excluded_fields=["moved_at"])

    class Meta:
        verbose_name = verbose_name_plural = "采购和生产"
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gte=1), name="supply_quantity"),
            models.CheckConstraint(
                condition=~Q(state__in=sorted(COMING)) | Q(expected_on__isnull=False),
                name="supply_dated",
            ),
        ]
        indexes = [
            models.Index(
                fields=["sku", "expected_on", "id"],
                condition=~Q(state__in=sorted(ENDED)),
                name="supply_open",
            ),
            models.Index(
                fields=["expected_on", "id"],
                condition=Q(state__in=sorted(COMING)),
                name="supply_due",
            ),
            models.Index(
                fields=["id"], condition=Q(state__in=["draft", "materials"]), name="supply_draft"
            ),
            models.Index(
                fields=["moved_at"], condition=Q(moved_at__isnull=False), name="supply_moved"
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("supply", args=[self.pk])

    @property
    def number(self) -> str:
        """CG12, SC7: what stands on papers and in the ledger."""
        return f"{_PREFIX[SupplyKind(self.kind)]}{self.pk}"

    @property
    def missing(self) -> int:
        """Good pieces that are still to come."""
        return self.facts().missing

    def facts(self) -> SupplyFacts:
        return SupplyFacts(
            SupplyKind(self.kind), SupplyState(self.state), self.quantity, self.good, self.defect
        )

    # -- states (SOP 5.d) -----------------------------------------------------------------------

    @transition(field=state, source=S.DRAFT, target=S.ORDERED)
    def order(self, supplier: str, expected_on: date) -> None:
        """The supplier has it."""
        self.supplier, self.expected_on = supplier, expected_on

    @transition(field=state, source=S.DRAFT, target=S.MATERIALS)
    def have_materials(self) -> None:
        """Everything that it is made of is there."""

    @transition(field=state, source=S.MATERIALS, target=S.SCHEDULED)
    def schedule(self, due: date) -> None:
        """It has a day on which it will be there."""
        self.expected_on = due

    @transition(field=state, source=S.SCHEDULED, target=S.SAMPLED)
    def pass_sample(self) -> None:
        """A sample was checked and is right."""

    @transition(field=state, source=S.SAMPLED, target=S.ASSEMBLED)
    def assemble(self) -> None:
        """All is made and can be taken to the shelf."""

    @transition(
        field=state,
        source=[S.ORDERED, S.ASSEMBLED],
        target=RETURN_VALUE(S.ORDERED, S.ASSEMBLED, S.ARRIVED),
    )
    def take(self, good: int, defect: int, now: datetime) -> str:
        """Pieces arrived; with the last good one it has ended."""
        self.good, self.defect = self.good + good, self.defect + defect
        if self.missing:
            return str(self.state)
        self.ended_at = now
        return S.ARRIVED.value

    @transition(
        field=state,
        source=[S.DRAFT, S.ORDERED, S.MATERIALS, S.SCHEDULED, S.SAMPLED, S.ASSEMBLED],
        target=RETURN_VALUE(S.ARRIVED, S.CANCELLED),
    )
    def give_up(self, why: str, now: datetime) -> str:
        """Nothing more is waited for; what came already stays."""
        self.ended_at, self.ended_why = now, why
        return S.ARRIVED.value if self.good or self.defect else S.CANCELLED.value


class Arrival(models.Model):
    """What arrived of a supply at one time: good and defect pieces. Never changed again."""

    supply = models.ForeignKey(Supply, models.PROTECT, related_name="arrivals", db_index=False)
    good = models.PositiveIntegerField("良品")
    defect = models.PositiveIntegerField("次品")
    note = models.CharField("质检说明", max_length=200, blank=True)
    at = models.DateTimeField("到货时间")
    by_name = models.CharField("收货人员", max_length=64)

    class Meta:
        verbose_name = verbose_name_plural = "到货记录"
        indexes = [
            models.Index(fields=["supply", "id"], name="arrival_supply"),
            models.Index(fields=["at", "id"], name="arrival_at"),
        ]

    def __str__(self) -> str:
        return f"{self.good} + {self.defect}"
