"""Forms of macros: written and checked by a senior, used by one press (快捷)."""

from __future__ import annotations

from typing import Any

from django import forms

from aftersales.models import Macro
from aftersales.selectors.macros import sentences_for
from aftersales.words import MacroAct
from core.once import RowForm
from core.sentences import defaults
from orders.models import Shop


class MacroForm(RowForm):
    """What one press does, and what the customer hears."""

    name = forms.CharField(label="名称", max_length=30)
    does = forms.ChoiceField(label="做什么", choices=MacroAct.choices)
    text = forms.CharField(
        label="写什么", max_length=200, help_text="备注的内容、挂起的原因，或者问买家什么。"
    )
    days = forms.IntegerField(
        label="几天后",
        min_value=0,
        max_value=60,
        initial=0,
        help_text="备注：几天后跟进；挂起：几天后自动解除。0：不设。",
    )
    sentence = forms.ChoiceField(
        label="告诉买家",
        required=False,
        choices=[],
        help_text="说法在“告知买家的话”里改；不选就用那一步自己的话。",
    )
    shop = forms.ChoiceField(label="哪个店铺用", required=False, choices=[])
    active = forms.BooleanField(label="在用", required=False, initial=True)

    def __init__(self, data: Any = None, *, row: Macro, **kwargs: Any) -> None:
        super().__init__(data, row=row, **kwargs)
        titles = [(key, one.title) for key, one in defaults().items() if key.startswith("macro.")]
        more = [pair for pair in sentences_for(MacroAct.ASK.value) if pair not in titles]
        self.fields["sentence"].choices = [("", "那一步自己的话"), *titles, *more]  # type: ignore[attr-defined]
        shops = Shop.objects.order_by("id").values_list("pk", "name")
        self.fields["shop"].choices = [("", "全部店铺"), *shops]  # type: ignore[attr-defined]

    def first_values(self, row: Any) -> dict[str, Any]:
        names = ("name", "does", "text", "days", "sentence", "active")
        return {name: getattr(row, name) for name in names} | {"shop": row.shop_id or ""}

    def clean(self) -> dict[str, Any]:
        """The sentence must find its values where the act is done."""
        values = super().clean() or {}
        does, sentence = values.get("does", ""), values.get("sentence", "")
        if sentence and sentence not in dict(sentences_for(does)):
            text = "这句话里要填的内容，做这一步的时候还没有；换一句。"
            self.add_error("sentence", text)
        if does == MacroAct.ASK and values.get("days"):
            self.add_error("days", "等客户答复等多久由政策定，填 0。")
        return values

    def values(self) -> dict[str, Any]:
        known = self.cleaned_data
        names = ("name", "does", "text", "days", "sentence", "active")
        shop = int(known["shop"]) if known["shop"] else None
        return {name: known[name] for name in names} | {"shop_id": shop}
