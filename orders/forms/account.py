"""A shop's account with an outside system: secrets are written and never shown again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms

from orders.accounts import Field, SystemKind, carrier_faults, hint, template_faults

NEVER = {"autocomplete": "off", "spellcheck": "false"}


class Unshown(forms.Textarea):
    """A long secret: what was typed is not sent back, not even with an error."""

    def format_value(self, value: Any) -> str:
        return ""


class ShopAccountForm(forms.Form):
    """The fields of one system; `values` is what the shop has now, `active` whether it is used."""

    def __init__(
        self, *args: Any, kind: SystemKind, values: Mapping[str, str], active: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.kind, self.values = kind, values
        for field in kind.fields:
            self.fields[field.name] = _field(field, values.get(field.name, ""))
        self.fields["active"] = forms.BooleanField(label="启用", required=False, initial=active)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        for field in self.kind.secrets:
            if field.required and not values.get(field.name) and not self.values.get(field.name):
                self.add_error(field.name, "还没有设置，请填上。")
        return values

    def clean_templates(self) -> str:
        text = str(self.cleaned_data["templates"])
        faults = template_faults(text)
        if faults:
            raise forms.ValidationError(
                f"这一行不对：{faults[0]}。要写成 消息种类=SMS_数字，种类见下。"
            )
        return text

    def clean_carriers(self) -> str:
        text = str(self.cleaned_data["carriers"])
        faults = carrier_faults(text)
        if faults:  # the line itself may hold a password
            raise forms.ValidationError(
                f"“{faults[0][:10]}”这一行不对。每行一家快递：YTO=客户号,密码,网点,月结号，"
                "后面没有的可以不写。"
            )
        return text

    def typed(self) -> dict[str, str]:
        """What was typed, with plain line ends."""
        return {
            field.name: self.cleaned_data[field.name].replace("\r\n", "\n")
            for field in self.kind.fields
        }


def _field(field: Field, value: str) -> forms.CharField:
    widget: forms.Widget
    if field.secret:
        widget = Unshown(NEVER | {"rows": 4}) if field.long else forms.PasswordInput(NEVER)
    else:
        widget = forms.Textarea(NEVER | {"rows": 4}) if field.long else forms.TextInput(NEVER)
    return forms.CharField(
        label=field.label,
        required=field.required and not field.secret,
        initial="" if field.secret else value,
        max_length=8000 if field.long else 200,
        help_text=f"{hint(value)}。不改就留空。" if field.secret else field.help,
        widget=widget,
    )
