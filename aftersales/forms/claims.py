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
    """How much, and why; why it is more than the order was worth."""

    amount = forms.DecimalField(
        label="要快递赔多少（元）", min_value=CENT, max_digits=9, decimal_places=2
    )
    why = forms.CharField(
        label="跟快递怎么说", max_length=200, help_text="凭证用这个售后单的照片。"
    )
    more = forms.CharField(label="为什么比这一单的金额还多", max_length=100, required=False)

    def __init__(self, data: Any = None, *, case: Case, **kwargs: Any) -> None:
        super().__init__(data, case=case, **kwargs)
        if case.order:
            most = f"商品和运费一共 {worth(case.order):.2f} 元；要得更多的才填。"
            self.fields["more"].help_text = most

    def first_values(self, case: Case) -> dict[str, Any]:
        amount = worth(case.order) if case.order else None
        return {"amount": amount or None, "why": case.reason_label}


class ClaimPaidForm(CaseForm):
    """How much came."""

    got = forms.DecimalField(label="赔了多少（元）", min_value=CENT, max_digits=9, decimal_places=2)
    said = forms.CharField(label="快递怎么说", max_length=300, required=False)


class CorrectClaimForm(ClaimForm):
    """What is to be asked, and what was wrong."""

    def __init__(self, data: Any = None, *, case: Case, **kwargs: Any) -> None:
        super().__init__(data, case=case, **kwargs)
        self.fields["why"].label = "错在哪里"
        self.fields["why"].help_text = "改完重新等快递答复；快递已经答复的，再登记一次。"

    def first_values(self, case: Case) -> dict[str, Any]:
        claim = case.claims.first()
        return {"amount": claim.amount if claim else None}


class ClaimRefusedForm(CaseForm):
    """Why nothing comes."""

    said = forms.CharField(label="为什么不赔", max_length=300)
