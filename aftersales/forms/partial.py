"""Forms of a partial refund (SOP 1.5.d)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms

from aftersales.forms.common import CaseForm, TalkForm
from aftersales.models import Case
from aftersales.rules import tree
from aftersales.selectors.versions import rules_for
from aftersales.services.partial import PartOfMoney
from aftersales.words import CaseKind
from core.evidence.fields import files_field
from core.money import ZERO
from orders.forms.contact import ContactForm
from orders.models import Order


def _amount(help_text: str = "") -> forms.DecimalField:
    return forms.DecimalField(
        label="退多少（元）",
        min_value=Decimal("0.01"),
        max_digits=12,
        decimal_places=2,
        help_text=help_text,
    )


class PartialForm(ContactForm):
    """Which goods, why and whose fault, how much goes back, and what shows it."""

    reason = forms.ChoiceField(label="原因", choices=[])
    amount = _amount("跟买家说好的金额，不超过买家实付。")
    wants = forms.CharField(label="怎么回事", max_length=300, widget=forms.Textarea)
    evidence = files_field("照片、截图")

    def __init__(self, data: Any = None, *, order: Order, **kwargs: Any) -> None:
        super().__init__(data, order=order, **kwargs)
        choices = [("", "选一个"), *tree(rules_for(order).reasons_for(CaseKind.PARTIAL))]
        self.fields["reason"].choices = choices  # type: ignore[attr-defined]
        self.lines = list(order.lines.order_by("id"))
        alone = len(self.lines) == 1 and self.lines[0].quantity == 1
        for line in self.lines:
            self.fields[f"of-{line.pk}"] = forms.IntegerField(
                label=f"有问题的几件：{line.label}",
                required=False,
                min_value=0,
                max_value=line.quantity,
                initial=1 if alone else None,
                widget=forms.NumberInput(attrs={"placeholder": "0", "inputmode": "numeric"}),
            )

    def asked(self) -> PartOfMoney:
        values = self.cleaned_data
        pieces = {line.pk: values.get(f"of-{line.pk}") or 0 for line in self.lines}
        return PartOfMoney(values["reason"], values["amount"], values["wants"], pieces)


class RequestPartialForm(CaseForm):
    """How much is asked for: what was agreed, unless the evidence says otherwise."""

    amount = _amount("登记时说好的；看了凭证要改的，先跟买家说好。")
    why = forms.CharField(label="给主管的说明", max_length=150, required=False)

    def first_values(self, case: Case) -> dict[str, Any]:
        return {"amount": case.details.get("amount", "")}

    def shown_amount(self) -> Decimal:
        """As typed or as agreed; nothing where that is no amount."""
        try:
            return Decimal(str(self["amount"].value() or 0))
        except ArithmeticError:
            return ZERO


class MoreForm(CaseForm):
    """What the supervisor asked for."""

    why = forms.CharField(label="补充说明", max_length=300)


class AskEvidenceForm(TalkForm):
    """What the customer is to show."""

    what = forms.CharField(
        label="请买家给什么", max_length=200, initial="商品全图、有问题的地方、外包装和面单"
    )
