"""Forms: modify products with the difference previewed, confirm unclear lines (SOP 1.1.f, 5.a)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.functional import cached_property

from core.verdict import Refused, Say, Verdict
from orders.forms.contact import ActForm, ContactForm
from orders.forms.goods import GoodsRow, goods_rows
from orders.models import Order
from orders.services.products import Draft, Lack, Wanted, check, draft, lacking, said


class ConfirmLinesForm(ActForm):
    """The goods of an order that an import could not tell apart."""

    rows: list[GoodsRow]

    def __init__(self, data: Any = None, *, order: Order, **kwargs: Any) -> None:
        super().__init__(data, order=order, **kwargs)
        self.rows = goods_rows(data, list(order.lines.select_related("sku")))

    @property
    def drafting(self) -> bool:
        return "preview" in self.data or "more" in self.data

    @property
    def partial(self) -> bool:
        return self.drafting and "more" not in self.data

    @property
    def new_count(self) -> int:
        return sum(row.line is None for row in self.rows)

    def is_valid(self) -> bool:
        good = [row.is_valid() for row in self.rows]
        return super().is_valid() and all(good)

    def wanted(self) -> list[Wanted]:
        return [want for row in self.rows if (want := row.wanted()) is not None]


class ProductsForm(ContactForm, ConfirmLinesForm):
    """Style, colour, size, quantity; add and remove. What was previewed is what is confirmed."""

    agreed = forms.CharField(required=False, max_length=4000, widget=forms.HiddenInput)

    def is_valid(self) -> bool:
        if not super().is_valid():
            return False
        plan = self.plan
        if plan is None or not plan.changed:
            self.add_error(None, "商品没有变化。")
        elif self.refusal is None and self.cleaned_data["agreed"] != self.signature:
            self.add_error(None, f"{self.outcome}。请看过差价，再按一次确认。")
        return not self.errors

    @property
    def plan(self) -> Draft | None:
        """The change with its difference, where the rows can be read."""
        if not hasattr(self, "_plan"):
            readable = self.is_bound and all(row.is_valid() for row in self.rows)
            self._plan = draft(self.order, self.wanted()) if readable else None
        return self._plan

    @property
    def refusal(self) -> Verdict | None:
        """Why this very change cannot be done."""
        if self.plan is None:
            return None
        try:
            check(self.order, self.plan)
        except Refused as refused:
            return refused.verdict
        return None

    @property
    def signature(self) -> str:
        """What was shown in the preview, in short."""
        plan = self.plan
        if plan is None:
            return ""
        parts = [
            f"{d.line.pk if d.line else '+'}:{d.sku.pk if d.sku else ''}:{d.quantity}"
            for d in plan.changed
        ]
        return f"{';'.join(parts)}={plan.difference}"

    @property
    def due(self) -> Any:
        """What would be due, yuan."""
        return self.order.due + (self.plan.difference if self.plan else 0)

    @property
    def say(self) -> Say | None:
        if self.plan is None or not self.plan.changed:
            return None
        return said(self.order, self.plan, self.due, timezone.now(), self.lacks)

    @cached_property
    def lacks(self) -> list[Lack]:
        """What is wanted and not there."""
        return lacking(self.plan) if self.plan else []

    @property
    def outcome(self) -> str:
        """What the change means for the money, in words."""
        rest = self.due - self.order.total_paid
        if not self.order.facts([]).needs_payment or self.order.state == "unpaid":
            return f"应付变成 {self.due} 元"
        if rest > 0:
            return f"买家要补差价 {rest} 元，付清前挂起等补差价"
        return f"应退差价 {-rest} 元，改好后再申请退款" if rest < 0 else "没有差价"
