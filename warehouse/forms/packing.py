"""What the owner keeps for the bench: boxes, freight prices, tolerances (SOP 2.f, 2.g)."""

from __future__ import annotations

import re
from typing import Any

from django import forms

from orders.words import CARRIERS
from warehouse.models import Box, FreightPrice, ShopPacking
from warehouse.models.packing import sides_mm

HEAVIEST_G = 100_000
CARRIER_CHOICES = [("", "不定"), *CARRIERS.items()]


class BoxForm(forms.ModelForm[Box]):
    """A box; its barcode is its code."""

    class Meta:
        model = Box
        fields = [
            *("code", "name", "inside", "weight_g"),
            *("most_g", "most_pieces", "materials", "active"),
        ]
        help_texts = {
            "code": "例如 BOX-1，打印成条码贴在箱子旁边。",
            "inside": "长×宽×高，例如 250×180×100；填了，打包台按体积推荐。",
            "materials": "例如 气泡袋 1、封箱带",
        }

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"].strip().upper()
        if not re.fullmatch(r"BOX-[0-9A-Z]{1,11}", code):
            raise forms.ValidationError("要像 BOX-1 这样：BOX- 后面是数字或字母。")
        return code

    def clean_inside(self) -> str:
        text: str = self.cleaned_data["inside"].strip()
        if text and not sides_mm(text):
            raise forms.ValidationError("要像 250×180×100 这样：长×宽×高，毫米。")
        return text

    def clean(self) -> dict[str, Any]:
        return _bounded(self, super().clean() or {}, "weight_g", "most_g", "most_pieces")


class PriceForm(forms.ModelForm[FreightPrice]):
    """What a carrier takes to a zone."""

    carrier = forms.ChoiceField(label="快递公司", choices=list(CARRIERS.items()))
    places = forms.CharField(
        label="省份",
        required=False,
        max_length=300,
        help_text="用逗号隔开，例如 广东, 广西。空 = 其他所有地方。",
    )

    class Meta:
        model = FreightPrice
        fields = ["carrier", "zone", "first_g", "first_price", "step_g", "step_price"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["places"] = ", ".join(self.instance.provinces)

    def clean(self) -> dict[str, Any]:
        values = _bounded(self, super().clean() or {}, "first_g", "step_g")
        if values.get("step_g") == 0:
            self.add_error("step_g", "续重单位要大于 0。")
        for name in ("first_price", "step_price"):
            if (values.get(name) or 0) < 0:
                self.add_error(name, "不能小于 0。")
        return values

    def save(self, commit: bool = True) -> FreightPrice:
        parts = re.split(r"[,，、\s]+", self.cleaned_data["places"])
        self.instance.provinces = [part for part in parts if part]
        return super().save(commit=commit)


class ShopPackingForm(forms.ModelForm[ShopPacking]):
    """How a shop's parcels are weighed, and its usual carrier."""

    carrier = forms.ChoiceField(label="默认快递", required=False, choices=CARRIER_CHOICES)

    class Meta:
        model = ShopPacking
        fields = ["shop", "tolerance_g", "tolerance_percent", "carrier"]

    def clean(self) -> dict[str, Any]:
        values = _bounded(self, super().clean() or {}, "tolerance_g")
        if (values.get("tolerance_percent") or 0) > 100:
            self.add_error("tolerance_percent", "最多 100%。")
        return values


def _bounded(form: Any, values: dict[str, Any], *names: str) -> dict[str, Any]:
    for name in names:
        if (values.get(name) or 0) > HEAVIEST_G:
            form.add_error(name, "太大了，最多 100000。")
    return values
