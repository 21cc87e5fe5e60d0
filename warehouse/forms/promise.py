"""The form of 约定发货 (SOP 5.h)."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils import timezone

from orders.forms.contact import ContactForm
from orders.models import Order
from orders.policy import may_agree_on


class AgreeShipByForm(ContactForm):
    """The day that the customer agreed to."""

    day = forms.DateField(
        label="哪天以前发出",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def first_values(self, order: Order) -> dict[str, Any]:
        return {"day": timezone.localdate(order.ship_by) if order.ship_by else None}

    def clean_day(self) -> date:
        day: date = self.cleaned_data["day"]
        verdict = may_agree_on(day, timezone.localdate())
        if not verdict.allowed:
            raise forms.ValidationError(verdict.reason)
        return day
