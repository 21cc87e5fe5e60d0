"""Forms of the acts on a parcel that is on its way (SOP 6.a, 6.c)."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

from django import forms

from core.once import TokenForm
from orders.forms.contact import ActForm, ContactForm
from orders.forms.receiving import NewAddressField
from orders.models import Order
from orders.words import CARRIERS
from warehouse.models import CarrierTerm
from warehouse.selectors.tracking import inbound_of
from warehouse.words import EnquiryKind, EnquiryState, TroubleOutcome

NUMBER = re.compile(r"[A-Z0-9-]{6,32}")
WITHIN = [("4", "4 小时"), ("8", "今天下班前（8 小时）"), ("24", "24 小时"), ("48", "48 小时")]
INTACT = [
    ("", "还不知道"),
    ("买家说完好", "完好"),
    ("买家说有破损或少件", "有破损或少件"),
]
ANSWERS = [
    (EnquiryState.DONE.value, EnquiryState.DONE.label),
    (EnquiryState.REFUSED.value, EnquiryState.REFUSED.label),
    (EnquiryState.WITHDRAWN.value, EnquiryState.WITHDRAWN.label),
]


class WaybillForm(ActForm):
    """The right carrier and waybill."""

    carrier = forms.ChoiceField(label="快递公司", choices=[])
    waybill = forms.CharField(
        label="运单号", max_length=32, help_text="照面单上的填；旧的还查得到，平台会再告诉一次。"
    )

    def __init__(self, data: Any = None, *, order: Order, **kwargs: Any) -> None:
        super().__init__(data, order=order, **kwargs)
        known = {order.carrier: order.carrier_name} if order.carrier else {}
        self.fields["carrier"].choices = list((CARRIERS | known).items())  # type: ignore[attr-defined]

    def first_values(self, order: Order) -> dict[str, Any]:
        return {"carrier": order.carrier, "waybill": order.waybill}

    def clean_waybill(self) -> str:
        text = str(self.cleaned_data["waybill"]).strip().upper()
        if not NUMBER.fullmatch(text):
            raise forms.ValidationError("运单号只有字母、数字和短横线，6 到 32 位。请照面单核对。")
        return text


class AskForm(ContactForm, NewAddressField):
    """What the carrier is asked, and by when it should have answered."""

    from_address = ("of",)
    field_order = ("of", "kind", "new_address", "question", "within")

    of = forms.ChoiceField(label="哪个包裹", required=False)
    kind = forms.ChoiceField(label="要快递做什么", choices=EnquiryKind.choices)
    question = forms.CharField(
        label="具体说明",
        max_length=300,
        required=False,
        help_text="电话和地址不要写在这里，填在“新的姓名 电话 地址”里。",
    )
    within = forms.ChoiceField(label="最晚多久答复", choices=WITHIN, initial="24")

    def __init__(self, data: Any = None, *, order: Order, **kwargs: Any) -> None:
        super().__init__(data, order=order, **kwargs)
        self.inbound = inbound_of(order)
        sent_back = [(number, f"买家寄回的 {number}") for number in self.inbound]
        field: Any = self.fields["of"]
        field.choices = [("", f"我们发出的 {order.waybill}"), *sent_back]
        if not sent_back:
            field.widget = forms.HiddenInput()

    def due_at(self, now: datetime) -> datetime:
        return now + timedelta(hours=int(self.cleaned_data["within"]))


class AnswerForm(ActForm):
    """What the carrier said."""

    to = forms.ChoiceField(label="结果", choices=ANSWERS, widget=forms.RadioSelect)
    answer = forms.CharField(
        label="快递怎么说",
        max_length=300,
        required=False,
        help_text="会放进给买家的话里，写买家看得懂的。",
    )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("to") != EnquiryState.WITHDRAWN and not values.get("answer"):
            self.add_error("answer", "写一下快递怎么答复的。")
        return values


class SettleForm(ActForm):
    """How a parcel in trouble was settled."""

    outcome = forms.ChoiceField(label="处理结果", choices=TroubleOutcome.choices)
    why = forms.CharField(label="说明", max_length=300, required=False)


class ReceiveForm(ContactForm):
    """The customer has it: is it intact (SOP 6.c)?"""

    intact = forms.ChoiceField(label="货完好吗", choices=INTACT, required=False)


class CarrierForm(TokenForm):
    """What the house knows of a carrier."""

    keep_days = forms.IntegerField(
        label="送不到时保管几天", min_value=1, max_value=30, help_text="过了就退回（1–30 天）"
    )
    quiet_h = forms.IntegerField(
        label="几小时没有轨迹算异常", min_value=6, max_value=240, help_text="6–240 小时"
    )
    phone = forms.CharField(label="客服电话", max_length=32, required=False)

    @classmethod
    def of(cls, term: CarrierTerm, data: Any = None) -> CarrierForm:
        first = {name: getattr(term, name) for name in ("keep_days", "quiet_h", "phone")}
        return cls(data, initial=first)
