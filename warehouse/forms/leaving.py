"""The last steps: what a courier signs, a freight company's note, what the customer says."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils.dateparse import parse_datetime

from core.once import TokenForm
from core.scanning import ScanInput
from orders.policy import Contacted
from orders.words import ContactChannel, IdentityKey


class HandOverForm(TokenForm):
    """Who took the parcels; hidden: up to when the list was shown."""

    signed_by = forms.CharField(
        label="快递员签名（姓名）",
        max_length=32,
        min_length=2,
        help_text="取件的人报姓名，照着填。",
        widget=forms.TextInput(attrs={"autocomplete": "off", "autofocus": True}),
    )
    shown_at = forms.CharField(widget=forms.HiddenInput, max_length=40)

    def clean_shown_at(self) -> datetime:
        try:
            at = parse_datetime(self.cleaned_data["shown_at"])
        except ValueError:
            at = None
        if at is None or at.tzinfo is None:
            raise forms.ValidationError("页面过期了，刷新再签。")
        return at


class FreightForm(TokenForm):
    """The freight company and its consignment note."""

    company = forms.CharField(label="物流公司", max_length=64, min_length=2)
    note_no = forms.CharField(
        label="托运单号",
        max_length=32,
        min_length=4,
        widget=ScanInput({"inputmode": "text"}),
        help_text="扫托运单右上角的条码，或者照着输入。",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.initial.get("company"):
            self.fields["company"].widget.attrs["autofocus"] = True


class HandOutForm(TokenForm):
    """The code that the customer says, and what agrees with the order."""

    code = forms.CharField(
        label="取货码",
        max_length=6,
        min_length=6,
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "off", "autofocus": True}
        ),
    )
    identity = forms.MultipleChoiceField(
        label="核对身份",
        choices=IdentityKey.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text="买家报的、与订单一致的勾上；至少两项。",
    )

    def contacted(self) -> Contacted:
        keys = frozenset(IdentityKey(key) for key in self.cleaned_data["identity"])
        return Contacted(ContactChannel.OTHER.value, keys, "到店自提")
