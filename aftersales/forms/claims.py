"""Forms of what carriers are asked to pay (SOP 3.b)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms

from aftersales.forms.common import CaseForm
from aftersales.models import Case
from aftersales.selectors.claims import worth

CENT = Decimal("0.01")


class ClaimForm(CaseForm):
    """How much, and why."""

    amount = forms.DecimalField(
        label="要快递赔多少（元）", min_value=CENT, max_digits=9, decimal_places=2
    )
    why = forms.CharField(
        label="跟快递怎么说", max_length=300, help_text="凭证用这个售后单的照片。"
    )

    def first_values(self, case: Case) -> dict[str, Any]:
        amount = worth(case.order) if case.order else None
        return {"amount": amount or None, "why": case.reason_label}


class ClaimPaidForm(CaseForm):
    """How much came."""

    got = forms.DecimalField(label="赔了多少（元）", min_value=CENT, max_digits=9, decimal_places=2)
    said = forms.CharField(label="快递怎么说", max_length=300, required=False)


class ClaimRefusedForm(CaseForm):
    """Why nothing comes."""

    said = forms.CharField(label="为什么不赔", max_length=300)
