"""Forms of a stock-take: its scope, a count, why it is given up."""

from __future__ import annotations

import re
from typing import Any

from django import forms

from core.once import RowForm, TokenForm
from core.scanning import ScanInput

MOST_CODES = 500


class BeginForm(TokenForm):
    """A zone by the beginning of its shelves, or a list of SKUs."""

    shelf = forms.CharField(
        label="货位开头",
        max_length=32,
        required=False,
        widget=forms.TextInput(attrs={"autofocus": True, "autocomplete": "off"}),
        help_text="例如 A-01：A-01 开头的货位都盘。",
    )
    codes = forms.CharField(
        label="或者按商品（编码或条码）",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=f"一行一个，也可以用逗号隔开；最多 {MOST_CODES} 个。",
    )

    def clean_codes(self) -> list[str]:
        text = self.cleaned_data["codes"]
        codes = [code for code in re.split(r"[\s,，;；]+", text) if code]
        if len(codes) > MOST_CODES:
            raise forms.ValidationError(f"一次最多 {MOST_CODES} 个商品，分几次盘。")
        return list(dict.fromkeys(codes))

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if not values.get("shelf") and not values.get("codes") and not self.errors:
            self.add_error("shelf", "填货位的开头，或者填要盘的商品。")
        return values


class CountForm(TokenForm):
    """A scan, or a code with a number of pieces."""

    code = forms.CharField(
        label="扫条码（或填编码）",
        max_length=64,
        widget=ScanInput,
    )
    quantity = forms.IntegerField(
        label="件数",
        min_value=0,
        max_value=1_000_000,
        initial=1,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )


class YesForm(RowForm):
    """An act that needs nothing but a yes."""


class CancelForm(RowForm):
    why = forms.CharField(label="原因", max_length=200)
