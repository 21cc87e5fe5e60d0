"""The form that asks for money beyond what was paid (SOP 1.5.f)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms

from core.evidence.fields import files_field
from orders.forms.contact import ActForm
from refunds.words import PayoutKind


class PayoutForm(ActForm):
    kind = forms.ChoiceField(label="赔付什么", choices=PayoutKind.choices)
    amount = forms.DecimalField(
        label="金额（元）", min_value=Decimal("0.01"), max_digits=9, decimal_places=2
    )
    payee = forms.CharField(
        label="收款账号", max_length=128, help_text="买家的支付宝或银行账号和户名，只给财务看。"
    )
    why = forms.CharField(label="为什么由我们出", max_length=300)
    evidence = files_field()

    def clean_evidence(self) -> list[Any]:
        files: list[Any] = self.cleaned_data["evidence"]
        if not files:
            raise forms.ValidationError("赔付要有凭证：传运费单、照片或聊天截图。")
        return files
