"""What an act on many orders asks for, once for all of them."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from django import forms
from django.utils import timezone


class BulkForm(forms.Form):
    """An act that needs nothing but a yes."""

    token = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, initial={"token": uuid.uuid4()})


class BulkHoldForm(BulkForm):
    reason = forms.CharField(label="原因", max_length=300)


class BulkPassForm(BulkForm):
    why = forms.CharField(
        label="为什么可以放行",
        max_length=200,
        help_text="记在每一条疑点上。要先处理完的（缺货、少付、售后…）不会放行。",
    )


class BulkNoteForm(BulkForm):
    text = forms.CharField(label="备注", widget=forms.Textarea, max_length=2000)


class BulkFollowUpForm(BulkForm):
    on = forms.DateField(
        label="跟进日期", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def clean_on(self) -> date:
        on: date = self.cleaned_data["on"]
        if on < timezone.localdate():
            raise forms.ValidationError("要选今天或以后的日期。")
        return on


FORMS: dict[str, type[BulkForm]] = {
    "hold": BulkHoldForm,
    "pass_review": BulkPassForm,
    "note": BulkNoteForm,
    "follow_up": BulkFollowUpForm,
}
