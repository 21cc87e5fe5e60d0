"""Forms of the desk's own screens."""

from __future__ import annotations

from typing import Any

from django import forms

from orders.models import Shop


class ShopForm(forms.ModelForm[Shop]):
    """A shop's settings. Reminder steps are typed as minutes with commas."""

    steps = forms.CharField(
        label="催付时点（下单后几分钟）", help_text="用逗号隔开，例如 30, 360, 1380", required=False
    )

    class Meta:
        model = Shop
        fields = [
            "code",
            "name",
            "channel",
            "active",
            "return_name",
            "return_phone",
            "return_address",
            "refund_opens_h",
            "refund_closes_h",
            "unpaid_limit_h",
            "ship_by_h",
            "reserve_on_order",
        ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["steps"] = ", ".join(str(n) for n in self.instance.reminder_steps)
        if self.instance.pk:
            self.fields["code"].disabled = True

    def clean_steps(self) -> list[int]:
        typed = self.cleaned_data["steps"].replace("，", ",").split(",")
        try:
            steps = sorted({int(part) for part in typed if part.strip()})
        except ValueError as error:
            raise forms.ValidationError("只能填分钟数，用逗号隔开。") from error
        if any(step <= 0 for step in steps):
            raise forms.ValidationError("分钟数要大于 0。")
        return steps

    def save(self, commit: bool = True) -> Shop:
        self.instance.reminder_steps = self.cleaned_data["steps"]
        return super().save(commit=commit)
