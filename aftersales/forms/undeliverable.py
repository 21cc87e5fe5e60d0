"""Forms of parcels that cannot be delivered (SOP 1.4′)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone

from aftersales.forms.common import TalkForm
from aftersales.models import Case
from aftersales.selectors.parcels import kept_until
from aftersales.selectors.versions import rules_for
from aftersales.services.undeliverable import Attempt
from aftersales.words import CaseKind
from orders.forms.contact import ActForm
from orders.forms.receiving import ReceivingFields
from orders.models import Order
from orders.policy import Contacted

RESULTS = [
    ("reached", "联系上了"),
    ("left", "没联系上，已留言"),
    ("missed", "没联系上，过会儿再打"),
]
WITHIN = [("4", "4 小时"), ("8", "今天下班前（8 小时）"), ("24", "24 小时"), ("48", "48 小时")]


class UndeliverableForm(ActForm):
    """Why the carrier cannot deliver it, and until when it keeps it."""

    reason = forms.ChoiceField(label="为什么送不到", choices=[])
    keeps_until = forms.DateField(
        label="快递保管到",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="按这家快递的保管天数算好了；快递说了别的日子就改。",
    )
    wants = forms.CharField(label="快递怎么说", max_length=300, required=False)

    def __init__(self, data: Any = None, *, order: Order, **kwargs: Any) -> None:
        super().__init__(data, order=order, **kwargs)
        found = rules_for(order).reasons_for(CaseKind.UNDELIVERABLE)
        choices = [("", "选一个"), *((one.code, one.label) for one in found)]
        self.fields["reason"].choices = choices  # type: ignore[attr-defined]

    def first_values(self, order: Order) -> dict[str, Any]:
        return {"keeps_until": kept_until(order, timezone.now())}

    def clean_keeps_until(self) -> date | None:
        until: date | None = self.cleaned_data["keeps_until"]
        if until is not None and until < timezone.localdate(self.order.ordered_at):
            raise forms.ValidationError("保管日期不会早于下单，看看年份。")
        return until


class AttemptForm(TalkForm):
    """One attempt to reach the customer, and what came of it."""

    result = forms.ChoiceField(label="结果", choices=RESULTS, widget=forms.RadioSelect)
    again = forms.DateTimeField(
        label="什么时候再联系",
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text="不填 = 快递保管期结束前一天提醒。",
    )

    def clean_again(self) -> datetime | None:
        again: datetime | None = self.cleaned_data["again"]
        if again is not None and again <= timezone.now():
            raise forms.ValidationError("要选一个以后的时间。")
        return again

    def attempt(self) -> Attempt:
        values, told = self.cleaned_data, super().contacted()
        result = values["result"]
        return Attempt(told, result == "reached", result == "left", values["again"])

    def contacted(self) -> Contacted | None:  # type: ignore[override]
        """The act keeps the attempt itself, with its outcome."""
        return None


class AskAgainForm(TalkForm):
    """The carrier is asked to try once more, or to bring it elsewhere."""

    note = forms.CharField(
        label="跟快递说什么",
        max_length=200,
        required=False,
        help_text="电话和地址不要写在这里；买家换地址的，回去点“改地址再派”。",
    )
    within = forms.ChoiceField(label="最晚多久答复", choices=WITHIN, initial="24")

    def due_at(self, now: datetime) -> datetime:
        return now + timedelta(hours=int(self.cleaned_data["within"]))


class RedirectForm(AskAgainForm, ReceivingFields):
    """Where it is to be brought instead; only who reveals it sees it (architecture §7)."""

    def __init__(self, data: Any = None, *, case: Case, **kwargs: Any) -> None:
        super().__init__(data, case=case, **kwargs)
        self.fields["note"].help_text = "送货时间、放在哪里这些；电话和地址填在上面。"
        if self.splitting:
            self.split()

    @property
    def drafting(self) -> bool:
        return self.splitting

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        self.check_receiving(values)
        return values


class ReturnForm(TalkForm):
    """Why it shall come back."""

    why = forms.CharField(label="为什么退回", max_length=200, required=False)
