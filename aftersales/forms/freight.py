"""Forms of the parcel that a buyer sends, and of what it cost them (SOP 1.4.d, 1.5.f)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms

from aftersales.forms.common import CaseForm, WaybillForm
from aftersales.models import Case
from aftersales.selectors.versions import rules_of
from aftersales.services.freight import Owed
from core.evidence.fields import files_field
from refunds.words import FreightPayer

CENT = Decimal("0.01")


class SentBackForm(WaybillForm):
    """Carrier and waybill; what the buyer paid, where it is at our cost."""

    freight = forms.DecimalField(
        label="买家垫付的运费（元）",
        required=False,
        min_value=CENT,
        max_digits=7,
        decimal_places=2,
        help_text="我们承担的才填：照运费单，定了结果以后赔给买家。",
    )

    def __init__(self, data: Any = None, *, case: Case, **kwargs: Any) -> None:
        super().__init__(data, case=case, **kwargs)
        if case.pays_back != FreightPayer.SELLER:
            del self.fields["freight"]

    def first_values(self, case: Case) -> dict[str, Any]:
        return super().first_values(case) | {"freight": case.details.get("freight")}

    def noted(self) -> tuple[str, str, Decimal | None]:
        values = self.cleaned_data
        return values["carrier"], values["waybill"], values.get("freight")


class FreightForm(CaseForm):
    """How much, to whom; the case's files are the evidence."""

    amount = forms.DecimalField(
        label="买家垫付的运费（元）", min_value=CENT, max_digits=7, decimal_places=2
    )
    payee = forms.CharField(label="收款账号", max_length=128)
    why = forms.CharField(
        label="为什么贵", max_length=200, required=False, help_text="超过政策里的运费才填。"
    )
    evidence = files_field("运费单、照片")

    def __init__(self, data: Any = None, *, case: Case, **kwargs: Any) -> None:
        super().__init__(data, case=case, **kwargs)
        self.has_files = case.evidence.exists()
        if case.order is not None and case.order.buyer_pay_account:
            self.fields["payee"].required = False
            self.fields["payee"].help_text = "不填 = 买家付款的账号。"
        if self.has_files:
            self.fields["evidence"].help_text = "售后单上的照片、凭证会一起附上。"

    def first_values(self, case: Case) -> dict[str, Any]:
        return {"amount": case.details.get("freight") or rules_of(case).freight}

    def clean_evidence(self) -> list[Any]:
        files: list[Any] = self.cleaned_data["evidence"]
        if not files and not self.has_files:
            raise forms.ValidationError("赔付要有凭证：传运费单、照片或聊天截图。")
        return files

    def owed(self) -> Owed:
        values = self.cleaned_data
        return Owed(values["amount"], values["payee"], values["why"])
