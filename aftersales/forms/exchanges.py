"""The form of an exchange: what comes back, and what is wanted instead (SOP 1.1.f, 1.4)."""

from __future__ import annotations

from typing import Any

from django import forms

from aftersales.forms.common import CaseForm
from aftersales.forms.goods_back import GoodsBackForm
from aftersales.selectors.arrivals import sku_by_code
from aftersales.selectors.exchanges import Price, reckon
from aftersales.services.exchanges import Swap
from aftersales.words import CaseKind
from core.money import ZERO
from orders.models import Order, OrderLine
from refunds.words import FreightPayer
from stock.models import Sku


class ExchangeForm(GoodsBackForm):
    """For each line that comes back the SKU that is sent instead."""

    kind = CaseKind.EXCHANGE

    def __init__(self, data: Any = None, *, order: Order, **kwargs: Any) -> None:
        super().__init__(data, order=order, **kwargs)
        for line in self.lines:
            self.fields[_name(line)] = forms.CharField(
                label=f"换成（商家编码或条码）：{line.label}", required=False, max_length=64
            )

    def beside(self, line: OrderLine) -> forms.BoundField:
        return self[_name(line)]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        for line in self.lines:
            code = values.get(_name(line), "")
            if code and sku_by_code(code) is None:
                self.add_error(_name(line), f"没有商家编码 {code}。在“商品和库存”里查一下。")
            elif values.get(f"back-{line.pk}") and not code and not self.drafting:
                self.add_error(_name(line), "写明换成什么（款号、颜色、尺码对应的编码）。")
        return values

    def new(self) -> dict[int, Sku]:
        """By line what is wanted instead of it."""
        codes = {line.pk: self.cleaned_data.get(_name(line), "") for line in self.lines}
        found = {line: sku_by_code(code) for line, code in codes.items() if code}
        return {line: sku for line, sku in found.items() if sku is not None}

    def swap(self) -> Swap:
        return Swap(self.back(), self.new())

    @property
    def preview(self) -> dict[str, Any]:
        """Also what is to be paid, or goes back."""
        found = super().preview
        new, pieces = self.new(), self.back().pieces
        old = {line: count for line, count in pieces.items() if count and line in new}
        if old and "cost" in found:
            found["price"] = self._price(old, new, theirs=found["cost"].out is FreightPayer.BUYER)
        return found

    def _price(self, old: dict[int, int], new: dict[int, Sku], *, theirs: bool) -> Price:
        goods = [(new[line], count) for line, count in old.items()]
        return reckon(self.order, old, goods, self.rules.freight if theirs else ZERO)


def _name(line: OrderLine) -> str:
    return f"new-{line.pk}"


class UnreturnedForm(CaseForm):
    """Why what was to come back is not waited for any longer."""

    why = forms.CharField(
        label="为什么不等了",
        max_length=200,
        help_text="催过几次、买家怎么说；我们的货算损失，谁结束的会记下来。",
    )
