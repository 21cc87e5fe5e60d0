"""Forms of the acts on a refund that is there."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone

from core.evidence.fields import files_field
from orders.forms.contact import ActForm, ContactForm
from refunds.services.ask import Applied
from refunds.words import Fault, FreightPayer


class WhyForm(ContactForm):
    """Withdraw, or ship instead: why, and how the customer said so."""

    why = forms.CharField(label="为什么", max_length=200)


class MatchForm(ActForm):
    """The buyer's own application, as the platform shows it."""

    number = forms.RegexField(
        r"^[0-9A-Za-z-]{4,64}$",
        label="平台退款编号",
        error_messages={"invalid": "编号只有数字、字母和短横线，照平台上的填。"},
    )
    applied_at = forms.DateTimeField(
        label="买家申请时间", widget=forms.DateTimeInput(attrs={"type": "datetime-local"})
    )
    deadline = forms.DateTimeField(
        label="平台截止时间",
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
        help_text="平台上写着“还剩 … 自动退款”的，填到期时间；会提前提醒。",
    )

    def clean_applied_at(self) -> datetime:
        at: datetime = self.cleaned_data["applied_at"]
        if at > timezone.now():
            raise forms.ValidationError("申请时间不会在以后，照平台上的填。")
        return self._after_ordering(at, "申请时间")

    def clean_deadline(self) -> datetime | None:
        until: datetime | None = self.cleaned_data["deadline"]
        return self._after_ordering(until, "截止时间") if until else None

    def _after_ordering(self, at: datetime, label: str) -> datetime:
        """To the minute, as it is typed."""
        if at < self.order.ordered_at.replace(second=0, microsecond=0):
            raise forms.ValidationError(f"{label}不会早于下单时间，看看年份，照平台上的填。")
        return at

    def applied(self) -> Applied:
        values = self.cleaned_data
        return Applied(values["number"], values["applied_at"], values["deadline"])


class ResubmitForm(ActForm):
    """What was missing: whose fault, who pays the freight, the explanation."""

    fault = forms.ChoiceField(
        label="谁的责任", choices=[("", "没有变"), *Fault.choices()], required=False
    )
    freight_payer = forms.ChoiceField(
        label="运费谁承担", choices=[("", "没有变"), *FreightPayer.choices()], required=False
    )
    why = forms.CharField(label="补充说明", max_length=300)

    def values(self) -> dict[str, Any]:
        typed = self.cleaned_data
        payer = typed["freight_payer"]
        return {
            "fault": Fault(typed["fault"]) if typed["fault"] else None,
            "freight_payer": FreightPayer(payer) if payer else None,
            "why": typed["why"],
        }


class EvidenceForm(ActForm):
    """Pictures and documents."""

    evidence = files_field()

    def clean_evidence(self) -> list[Any]:
        files: list[Any] = self.cleaned_data["evidence"]
        if not files:
            raise forms.ValidationError("还没有选文件。")
        return files
