"""Forms of parcels that belong to no known order (无主件, SOP 1.4.f)."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from django import forms
from django.utils import timezone

from aftersales.forms.common import CaseForm
from aftersales.forms.goods_back import CAREFUL, GRADES, InspectForm
from aftersales.models import Case, UnownedParcel
from aftersales.rules import tree
from aftersales.selectors.unowned import parcel_of, target_of
from aftersales.selectors.versions import rules_at
from aftersales.services.goods_back import GoodsBack
from aftersales.services.unowned import OnIt
from aftersales.words import CaseKind
from core.evidence.fields import files_field
from core.once import TokenForm
from orders.models import Order
from orders.words import CARRIERS, OrderState

NAMES = [field.name for field in fields(OnIt)]


def _line(label: str, longest: int, **more: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=longest, required=False, **more)


class RegisterUnownedForm(TokenForm):
    """What stands on the parcel and on the paper inside; as much as can be read."""

    waybill = forms.RegexField(
        r"^[0-9A-Za-z-]{6,40}$",
        label="运单号",
        required=False,
        error_messages={"invalid": "运单号是 6 位以上的数字和字母，照面单填；没有就空着。"},
    )
    carrier = forms.ChoiceField(
        label="快递公司", choices=[("", "不知道"), *CARRIERS.items()], required=False
    )
    place = _line("放在哪里", 40, help_text="架位，例如“无主件区 2 层”。")
    sender_name = _line("寄件人", 64)
    sender_phone = _line("寄件电话", 32, help_text="被遮住的照样填，最后四位也能找。")
    sender_address = _line("寄件地址", 300)
    slip_no = _line("纸条上的单号", 64, help_text="订单号、平台单号或者售后单号。")
    slip_account = _line("纸条上的旺旺、QQ", 64)
    said = _line("说明", 300, help_text="没有条码的商品、破损、纸条上写的原因，都写这里。")
    evidence = files_field("照片")

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if not any(values.get(name) for name in NAMES) and not self.errors:
            raise forms.ValidationError("还什么都没有填。面单上没有字的，在说明里写是什么样的。")
        return values

    def on_it(self) -> OnIt:
        return on_it_of(self.cleaned_data)


def on_it_of(values: dict[str, Any]) -> OnIt:
    """As it was typed: keys in capitals, no space around."""
    texts = {name: str(values[name]).strip() for name in NAMES}
    texts["waybill"] = texts["waybill"].upper()
    return OnIt(**texts)


class CorrectUnownedForm(CaseForm):
    """The same once more."""

    waybill = RegisterUnownedForm.base_fields["waybill"]
    carrier = RegisterUnownedForm.base_fields["carrier"]
    place = RegisterUnownedForm.base_fields["place"]
    sender_name = RegisterUnownedForm.base_fields["sender_name"]
    sender_phone = RegisterUnownedForm.base_fields["sender_phone"]
    sender_address = RegisterUnownedForm.base_fields["sender_address"]
    slip_no = RegisterUnownedForm.base_fields["slip_no"]
    slip_account = RegisterUnownedForm.base_fields["slip_account"]
    said = RegisterUnownedForm.base_fields["said"]

    def first_values(self, case: Case) -> dict[str, Any]:
        parcel = parcel_of(case) or UnownedParcel(case=case)
        known = {name: getattr(parcel, name) for name in NAMES if hasattr(parcel, name)}
        return known | {"waybill": case.waybill, "carrier": case.carrier, "said": case.wants}

    def on_it(self) -> OnIt:
        return on_it_of(self.cleaned_data)


class TieForm(CaseForm):
    """Whose it is; for an order without a case also why it came back (SOP 1.4.a, 1.4.b)."""

    to = forms.CharField(
        label="订单号或售后单号", max_length=64, help_text="从候选里点过来，或者查到了填在这里。"
    )
    reason = forms.ChoiceField(
        label="为什么退回来",
        choices=[],
        required=False,
        help_text="那一单还没有售后单、买家已经签收的才要选；一起登记退货。",
    )
    tags = forms.ChoiceField(label="吊牌", choices=CAREFUL, widget=forms.RadioSelect, initial="yes")
    packaging = forms.ChoiceField(
        label="包装", choices=CAREFUL, widget=forms.RadioSelect, initial="yes"
    )
    overruled = forms.CharField(
        label="破例原因",
        max_length=200,
        required=False,
        help_text="不符合政策、仍然要办的，资深客服写明原因。",
    )

    def __init__(
        self, data: Any = None, *, user: Any, senior: bool = False, to: str = "", **kwargs: Any
    ) -> None:
        super().__init__(data, initial={"to": to}, **kwargs)
        self.user, self.target = user, None
        reasons = rules_at(timezone.now()).reasons_for(CaseKind.RETURN)
        self.fields["reason"].choices = [("", "不用选"), *tree(reasons)]  # type: ignore[attr-defined]
        if not senior:
            del self.fields["overruled"]

    target: Case | Order | None

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        self.target = target_of(self.user, values.get("to", ""))
        if self.target is None and values.get("to"):
            self.add_error("to", "没有这个订单或售后单。")
        if self._asks_why() and not values.get("reason"):
            self.add_error("reason", "那一单还没有售后单：选买家为什么退回来，一起登记退货。")
        return values

    def _asks_why(self) -> bool:
        target = self.target
        return isinstance(target, Order) and target.state != OrderState.SHIPPED

    def back(self, order: Order) -> GoodsBack:
        values, at = self.cleaned_data, order.received_at
        return GoodsBack(
            reason=values["reason"],
            received_on=timezone.localdate(at) if at else None,
            tags=values["tags"] == "yes",
            packaging=values["packaging"] == "yes",
            wants="无主件",
            overruled=values.get("overruled", ""),
        )


class ReturnToSenderForm(CaseForm):
    """Why it goes back."""

    why = forms.CharField(label="为什么退回", max_length=200)


class DisposeForm(InspectForm):
    """For each kind of goods how many pieces go where."""

    grades = tuple(one for one in GRADES if one[0] != "bad")


class RevealForm(forms.Form):
    """Why the sender is looked at."""

    reason = forms.CharField(label="原因", max_length=100, min_length=2)
