"""The form that asks for a refund (SOP 1.5): what, how much, why, whose fault, evidence."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, NamedTuple

from django import forms
from django.utils import timezone

from core.evidence.fields import files_field
from core.money import ZERO
from core.sentences import render
from orders.forms.contact import ContactForm
from orders.models import Order
from refunds import policy
from refunds.amounts import EXCESS, FREIGHT, Part
from refunds.selectors.left import left_of, sent_again
from refunds.services.ask import said_of
from refunds.services.draft import Draft, Wanted, draft
from refunds.words import Fault, FreightPayer, RefundKind, ToldReason, TrueReason

K = RefundKind
DELISTS = "缺货：请买家在平台上选“其它原因”，不要选“缺货”，不然平台会把商品下架。"
_HINTS = {
    K.WHOLE: "整单退款：没发的马上扣住，已下发的请仓库拦下",
    K.GOODS: "退部分商品：没发的拆成一单扣住，其余照发",
}


class Row(NamedTuple):
    """A line with what may go back of it, and the field that says how many pieces do."""

    part: Part
    field: forms.BoundField


class RefundForm(ContactForm):
    """What goes back, with a preview of amounts, verdict, promise and sentence."""

    kind = forms.ChoiceField(label="退什么", choices=[])
    # Nothing is chosen before: the reason is always confirmed (SOP 1.5.e).
    true = forms.ChoiceField(
        label="真实原因",
        choices=[("", "和买家确认，选一个"), *TrueReason.choices()],
        error_messages={"required": "先和买家确认真实原因，再选。"},
    )
    told = forms.ChoiceField(
        label="买家在平台上选的原因",
        choices=[("", "按真实原因"), *ToldReason.choices()],
        required=False,
        help_text=DELISTS,
    )
    amount = forms.DecimalField(
        label="金额（元）",
        required=False,
        min_value=Decimal("0.01"),
        max_digits=12,
        decimal_places=2,
        help_text="部分退款、退差价、退运费时填；退商品的金额按实付算好。",
    )
    fault = forms.ChoiceField(
        label="谁的责任", choices=[("", "还没定"), *Fault.choices()], required=False
    )
    freight_payer = forms.ChoiceField(
        label="运费谁承担", choices=[("", "没有运费"), *FreightPayer.choices()], required=False
    )
    why = forms.CharField(label="说明", max_length=300, required=False)
    evidence = files_field()

    def __init__(self, data: Any = None, *, order: Order, **kwargs: Any) -> None:
        super().__init__(data, order=order, **kwargs)
        self.left = left_of(order)
        self.gone = policy.gone(order.facts([]))
        kinds = [K.WHOLE, K.GOODS, K.PARTIAL] if self.gone else [K.WHOLE, K.GOODS]
        kinds = [k for k in kinds if k is not K.GOODS or order.goods_count > 1]
        self.fields["kind"].choices = [  # type: ignore[attr-defined]
            (k.value, _HINTS[k] if k in _HINTS and not self.gone else k.label)
            for k in [*kinds, K.DIFFERENCE, K.FREIGHT]
        ]
        self.fields["kind"].initial = kinds[0].value  # work begins at the reason
        if not self.gone:
            del self.fields["fault"], self.fields["freight_payer"]
        for part in self._lines():
            self.fields[_name(part)] = forms.IntegerField(
                label=f"退几件：{part.label}",
                required=False,
                min_value=0,
                max_value=part.pieces_left,
                widget=forms.NumberInput(attrs={"placeholder": "0", "inputmode": "numeric"}),
            )

    def _lines(self) -> list[Part]:
        lines = [part for part in self.left.parts if part.line is not None]
        return lines if self.order.goods_count > 1 else []

    @property
    def drafting(self) -> bool:
        return "preview" in self.data

    @property
    def rows(self) -> list[Row]:
        return [Row(part, self[_name(part)]) for part in self._lines()]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if self.drafting or "kind" not in values:
            return values
        if values["kind"] == K.PARTIAL and not values.get("amount"):
            self.add_error("amount", "部分退款要写退多少。")
        if values["kind"] == K.GOODS and not any(self._pieces().values()):
            self.add_error(self.rows[0].field.name, "还没有选退哪几件。")
        if policy.needs_fault(K(values["kind"]), left=self.gone) and not values.get("fault"):
            self.add_error("fault", "已经发货的，先定是谁的责任（SOP 1.5.c）。")
        return values

    def _pieces(self) -> dict[int, int]:
        values = self.cleaned_data
        return {part.line or 0: values.get(_name(part)) or 0 for part in self._lines()}

    def wanted(self) -> Wanted:
        """As it was typed; amounts that nobody typed are what is left of them."""
        values = self.cleaned_data
        kind = K(values.get("kind") or K.WHOLE)
        true = TrueReason(values.get("true") or TrueReason.OTHER)
        told, typed = values.get("told"), values.get("amount")
        freight = typed or self._left_of(FREIGHT)
        extra = typed or (self._left_of(EXCESS) if kind is K.DIFFERENCE else ZERO)
        return Wanted(
            kind,
            true,
            ToldReason(told) if told else policy.told_for(true),
            self._pieces() if kind is K.GOODS else {},
            freight=freight if kind is K.FREIGHT else ZERO,
            extra=extra if kind in (K.DIFFERENCE, K.PARTIAL) else ZERO,
            fault=Fault(values["fault"]) if values.get("fault") else None,
            freight_payer=FreightPayer(values["freight_payer"])
            if values.get("freight_payer")
            else None,
            why=values.get("why", ""),
        )

    def _left_of(self, what: str) -> Decimal:
        return next(part.left for part in self.left.parts if part.what == what)

    @property
    def draft(self) -> Draft:
        """The refund as it would be; of an empty form that of the whole order."""
        if self.is_bound:
            self.is_valid()
        else:
            self.cleaned_data = {}
        return draft(self.order, self.wanted(), timezone.now())

    @property
    def preview(self) -> dict[str, Any]:
        """What the page shows of the draft."""
        found = self.draft
        allowed = found.verdict.allowed
        say = said_of(found, self.wanted()) if allowed else found.verdict.say
        if allowed and not self.cleaned_data.get("true"):  # it names the reason to choose
            say = None
        return {
            "draft": found,
            "sent_again": "、".join(sent_again(self.order)) if self.gone else "",
            "delists": self.wanted().true is TrueReason.STOCK_OUT and DELISTS,
            "sentence": render(say, self.order.shop.code) if say else "",
        }


def _name(part: Part) -> str:
    return f"back-{part.line}"
