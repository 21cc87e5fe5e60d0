"""The form of an exchange: what comes back, and what is wanted instead (SOP 1.1.f, 1.4)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from aftersales.forms.common import CaseForm
from aftersales.forms.goods_back import GoodsBackForm
from aftersales.selectors.exchanges import Price, reckon
from aftersales.services.exchanges import Swap
from aftersales.words import CaseKind
from core.money import ZERO
from orders.forms.goods import GoodsRow, look_up
from orders.models import Order, OrderLine
from refunds.words import FreightPayer
from stock.models import Sku


class NewRow(GoodsRow):
    """What is sent for a line that comes back, found as everywhere; the same again, too."""

    def __init__(self, data: Any, line: OrderLine, *, comes: bool) -> None:
        super().__init__(data, prefix=f"line{line.pk}", line=line)
        self.comes = comes  # only of what comes back it has to be known
        del self.fields["quantity"], self.fields["remove"]
        self.initial["sku"] = None  # chosen on purpose

    @property
    def kept(self) -> bool:
        """It comes back: something is sent for it in any case."""
        return False

    def offer(self, found: Sequence[Sku]) -> None:
        super().offer(found)
        choices = [choice for choice in self.fields["sku"].widget.choices if choice[0]]
        empty = [("", "选颜色和尺码")] if len(choices) > 1 else []
        self.fields["sku"].widget.choices = empty + choices

    def clean_sku(self) -> Sku | None:
        return super().clean_sku() if self.comes else None

    def clean(self) -> dict[str, Any]:
        if self.comes and not self.text:
            self.add_error("find", "写明换成什么：款号、编码或条码，再选颜色尺码。")
        return self.cleaned_data


class ExchangeForm(GoodsBackForm):
    """For each line that comes back the SKU that is sent instead."""

    kind = CaseKind.EXCHANGE

    def __init__(self, data: Any = None, *, order: Order, **kwargs: Any) -> None:
        super().__init__(data, order=order, **kwargs)
        self.instead = {
            line.pk: NewRow(data, line, comes=_asked(self.pieces_of(line))) for line in self.lines
        }
        look_up(self.instead.values())

    def beside(self, line: OrderLine) -> NewRow:
        return self.instead[line.pk]

    def is_valid(self) -> bool:
        good = [row.is_valid() for row in self.instead.values()]
        return super().is_valid() and all(good)

    def new(self) -> dict[int, Sku]:
        """By line what is wanted instead of it."""
        good = {line: row for line, row in self.instead.items() if row.comes and row.is_valid()}
        return {line: row.cleaned_data["sku"] for line, row in good.items()}

    def swap(self) -> Swap:
        return Swap(self.back(), self.new())

    @property
    def preview(self) -> dict[str, Any]:
        """Also what is to be paid, or goes back."""
        found = super().preview
        new = self.new()
        old = {line: count for line, count in self.back().chosen.items() if line in new}
        if old and "cost" in found:
            found["price"] = self._price(old, new, theirs=found["cost"].out is FreightPayer.BUYER)
        return found

    def _price(self, old: dict[int, int], new: dict[int, Sku], *, theirs: bool) -> Price:
        goods = [(new[line], count) for line, count in old.items()]
        return reckon(self.order, old, goods, self.rules.freight if theirs else ZERO)


class UnreturnedForm(CaseForm):
    """Why what was to come back is not waited for any longer."""

    why = forms.CharField(
        label="为什么不等了",
        max_length=200,
        help_text="催过几次、买家怎么说；我们的货算损失，谁结束的会记下来。",
    )


def _asked(field: forms.BoundField) -> bool:
    return str(field.value() or "0").strip() != "0"
