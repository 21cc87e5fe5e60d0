"""What a case is about, line by line: pieces asked for, counted, accepted, and where they went."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django_fsm import RETURN_VALUE, FSMField

from aftersales import policy
from aftersales.models.case import Case
from aftersales.policy import Found, LineFacts
from aftersales.words import Acceptance, Reception
from core.acts import History
from core.states import StateMixin, transition
from orders.models import OrderLine
from stock.models import Sku

R, A = Reception, Acceptance


class CaseLine(StateMixin, models.Model):
    """A part of an order's line, or goods that nobody expected (`pieces` 0).

    Two states, as two people say them: the warehouse counts (`reception`), after-sales looks
    (`acceptance`). `good`, `defect`, `scrap`: where the accepted pieces go once they are ours
    (`stocked`).
    """

    lock_rank: ClassVar[int] = 13

    case = models.ForeignKey(Case, models.CASCADE, related_name="lines")
    line = models.ForeignKey(
        OrderLine, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    sku = models.ForeignKey(
        Sku, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    label = models.CharField("商品", max_length=300)
    pieces = models.PositiveIntegerField("件数")
    counted = models.PositiveIntegerField("数到", default=0)
    got = models.PositiveIntegerField("到了几件", default=0)
    accepted = models.PositiveIntegerField("认可几件", default=0)
    good = models.PositiveIntegerField("良品", default=0)
    defect = models.PositiveIntegerField("次品", default=0)
    scrap = models.PositiveIntegerField("报废", default=0)
    reception = FSMField(
        "到货", max_length=8, choices=R.choices, default=R.EXPECTED.value, protected=True
    )
    acceptance = FSMField(
        "验货", max_length=8, choices=A.choices, default=A.PENDING.value, protected=True
    )
    stocked = models.BooleanField("已入库", default=False)
    note = models.CharField("验货说明", max_length=200, blank=True)
    history = History(no_db_index=["case", "line", "sku"], excluded_fields=["counted"])

    class Meta:
        verbose_name = verbose_name_plural = "售后商品"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "line"], condition=~Q(line=None), name="case_line_once"
            ),
            models.CheckConstraint(condition=Q(accepted__lte=F("got")), name="case_line_accepted"),
            models.CheckConstraint(
                condition=Q(accepted=F("good") + F("defect") + F("scrap")),
                name="case_line_graded",
            ),
        ]
        indexes = [
            models.Index(fields=["line"], condition=~Q(line=None), name="case_line_of"),
        ]

    def __str__(self) -> str:
        return self.label

    def facts(self) -> LineFacts:
        states = R(self.reception), A(self.acceptance)
        ordered = self.line_id is not None
        return LineFacts(self.pieces, self.got, self.accepted, *states, self.stocked, ordered)

    @property
    def many(self) -> int:
        """Pieces that it is about; of what nobody expected, those that are here."""
        return self.pieces or self.got or self.counted

    @property
    def owed(self) -> int:
        """Accepted pieces that the order has: what came beyond it is no claim on us (1.4.f)."""
        return min(self.accepted, self.line.quantity) if self.line else self.accepted

    @transition(field=reception, source=R.EXPECTED, target=RETURN_VALUE(*R))
    def arrive(self, got: int) -> str:
        """So many pieces of it are here."""
        self.got = self.counted = got
        return policy.reception_of(self.pieces, got).value

    @transition(field=acceptance, source=[*A], target=RETURN_VALUE(*A))
    def inspect(self, found: Found, note: str) -> str:
        """What after-sales says of it."""
        self.good, self.defect, self.scrap = found.good, found.defect, found.scrap
        self.accepted, self.note = found.accepted, note[:200]
        return policy.acceptance_of(self.got, found).value
