"""Forms of a repair (SOP 7.e)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone

from aftersales.forms.common import CaseForm, TalkForm
from aftersales.forms.goods_back import GoodsBackForm
from aftersales.kinds import repairs as kind
from aftersales.models import Case
from aftersales.selectors.repairs import fees_for, find_fee, received_on
from aftersales.selectors.versions import rules_of
from aftersales.services.goods_back import received_by
from aftersales.services.repairs import Diagnosis
from aftersales.words import CaseKind
from core.evidence.fields import files_field
from core.sentences import render
from orders.models import Order
from refunds.words import Fault

YES, NO = "yes", "no"


class RepairForm(GoodsBackForm):
    """Which goods, what is wrong with them, since when the customer has them."""

    kind = CaseKind.REPAIR

    def __init__(self, data: Any = None, *, order: Order, **kwargs: Any) -> None:
        super().__init__(data, order=order, **kwargs)
        for name in ("tags", "packaging", "overruled"):
            self.fields.pop(name, None)
        self.fields["wants"].label = "哪里坏了，什么时候坏的"
        if order.received_at is None:
            self.fields["received_on"].help_text = "问买家，或者看物流。保修期从签收第二天算起。"

    @property
    def preview(self) -> dict[str, Any]:
        """The same, in the words of a repair."""
        found = super().preview
        if found["chosen"] and found["verdict"].allowed:
            fault, on = found["reason"].fault, received_by(self.order, self.back())
            warranty = kind.in_warranty(self.rules, on, timezone.localdate())
            say = kind.cost_said(fault, warranty=warranty)
            found["sentence"] = render(say, self.order.shop.code)
            found["cost"] = kind.cost_of(self.rules, fault, warranty=warranty)
            free = warranty and fault is Fault.BUYER
            found["payer_why"] = "在保修内" if free else fault.label
        return found


class DiagnosisForm(CaseForm):
    """What was found when it was looked at."""

    warranty = forms.ChoiceField(
        label="保修",
        choices=[(YES, "在保修内"), (NO, "不在保修内（过了期限，或者人为损坏）")],
        widget=forms.RadioSelect,
        help_text="按登记的签收日期算好了；人为损坏的改选不在保修内。",
    )
    fault = forms.ChoiceField(
        label="谁的责任",
        choices=Fault.choices,
        widget=forms.RadioSelect,
        help_text="用久了自然坏的，选买家的原因。",
    )
    repairable = forms.ChoiceField(
        label="修得好吗",
        choices=[(YES, "修得好"), (NO, "修不好")],
        widget=forms.RadioSelect,
        initial=YES,
    )
    needs = forms.CharField(
        label="哪里坏了、要修什么（会告诉买家）", max_length=200, widget=forms.Textarea
    )
    evidence = files_field("照片")

    def first_values(self, case: Case) -> dict[str, Any]:
        known = case.details.get("warranty")
        counts = kind.in_warranty(rules_of(case), received_on(case), timezone.localdate())
        warranty = counts if known is None else known
        needs = case.details.get("needs", "")
        return {"warranty": YES if warranty else NO, "fault": case.fault, "needs": needs}

    def diagnosis(self) -> Diagnosis:
        values = self.cleaned_data
        return Diagnosis(
            values["warranty"] == YES,
            Fault(values["fault"]),
            values["needs"],
            values["repairable"] == YES,
        )


class QuoteForm(CaseForm):
    """What the repair costs."""

    fee = forms.DecimalField(
        label="维修费（元）", min_value=Decimal("0.01"), max_digits=10, decimal_places=2
    )

    def __init__(self, data: Any = None, *, case: Case, **kwargs: Any) -> None:
        super().__init__(data, case=case, **kwargs)
        freight = rules_of(case).freight
        self.fields["fee"].help_text = f"寄回的运费 {freight:.2f} 元另加，一起报给买家。"

    def first_values(self, case: Case) -> dict[str, Any]:
        return {"fee": case.details.get("fee", "")}


class AnswerQuoteForm(TalkForm):
    """The customer's answer to the quote."""

    agrees = forms.ChoiceField(
        label="买家同意吗",
        choices=[(YES, "同意，付维修费"), (NO, "不修了，寄回")],
        widget=forms.RadioSelect,
    )

    def yes(self) -> bool:
        return bool(self.cleaned_data["agrees"] == YES)


class FeeForm(CaseForm):
    """The top-up order by which it was paid: chosen, or typed."""

    pick = forms.ChoiceField(
        label="同一买家的补差价订单", required=False, widget=forms.RadioSelect, choices=[]
    )
    typed = forms.CharField(
        label="或者填补差价订单号",
        max_length=64,
        required=False,
    )
    certain = forms.BooleanField(label="账号和手机都对不上，核对过，是同一个人付的", required=False)

    def __init__(self, data: Any = None, *, case: Case, **kwargs: Any) -> None:
        super().__init__(data, case=case, **kwargs)
        self.found: Order | None = None
        total = case.details.get("total") or "0.00"
        self.fields["typed"].help_text = f"一共要付 {total} 元；我们的订单号或平台单号都可以。"
        choices = [
            (row.order_no, f"{row.order_no}（{row.total_paid} 元）") for row in fees_for(case)
        ]
        self.fields["pick"].choices = choices  # type: ignore[attr-defined]
        if not choices:
            del self.fields["pick"]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        number = values.get("typed") or values.get("pick") or ""
        self.found = find_fee(self.case, number) if number else None
        if self.found is None and not self.errors:
            said = f"这个店铺没有补差价订单 {number}。" if number else "选一个，或者填订单号。"
            self.add_error("typed", said)
        return values

    def top_up(self) -> Order:
        """What was found; only of a valid form."""
        if self.found is None:
            raise ValueError("not valid")
        return self.found


class RepairedForm(CaseForm):
    """What was done, with photos."""

    what = forms.CharField(label="修了什么", max_length=200)
    evidence = files_field("照片")


class FailedForm(TalkForm):
    """Why it is not repaired."""

    why = forms.CharField(label="为什么修不好、不修了（会告诉买家）", max_length=200)
