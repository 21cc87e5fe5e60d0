"""The form of goods that are to be sent once more (SOP 3.b)."""

from __future__ import annotations

from typing import Any

from django import forms

from aftersales.rules import tree
from aftersales.selectors.left import pieces_to_send
from aftersales.selectors.versions import rules_for
from aftersales.services.goods_back import GoodsBack
from aftersales.words import CaseKind
from core.evidence.fields import files_field
from orders.forms.contact import ContactForm
from orders.models import Order


class ReshipForm(ContactForm):
    """Why, which goods, and what shows it."""

    reason = forms.ChoiceField(label="原因", choices=[])
    wants = forms.CharField(label="补充说明", max_length=300, required=False)
    evidence = files_field("照片、截图")

    def __init__(self, data: Any = None, *, order: Order, **kwargs: Any) -> None:
        super().__init__(data, order=order, **kwargs)
        choices = [("", "选一个"), *tree(rules_for(order).reasons_for(CaseKind.RESHIP))]
        self.fields["reason"].choices = choices  # type: ignore[attr-defined]
        left = pieces_to_send(order)
        self.lines = [line for line in order.lines.all() if left.get(line.pk, 0)]
        for line in self.lines:
            self.fields[f"send-{line.pk}"] = forms.IntegerField(
                label=f"补发几件：{line.label}",
                required=False,
                min_value=0,
                max_value=left[line.pk],
                widget=forms.NumberInput(attrs={"placeholder": "0", "inputmode": "numeric"}),
            )

    def missing(self) -> GoodsBack:
        values = self.cleaned_data
        pieces = {line.pk: values.get(f"send-{line.pk}") or 0 for line in self.lines}
        return GoodsBack(pieces, values["reason"], wants=values["wants"])
