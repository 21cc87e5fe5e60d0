"""Fields of who receives and where; a pasted text is split into them (SOP 1.1.a)."""

from __future__ import annotations

from typing import Any

from django import forms

from orders.addresses import clean_phone, receiving_faults, split_contact
from orders.policy import Receiving

LONGEST_NAME = 64
# What a text names, or leaves as it is, as a whole.
TOGETHER = (
    ("consignee",),
    ("mobile", "telephone"),
    ("province", "city", "district", "street", "zip_code"),
)
SPLIT = ("mobile", "telephone", "province", "city", "district", "street", "zip_code")


class ReceivingFields(forms.Form):
    """Consignee, telephone and address; a pasted text is split into them for confirmation."""

    paste = forms.CharField(
        label="整段粘贴（姓名 电话 地址），自动分栏",
        required=False,
        max_length=2000,
        widget=forms.Textarea(
            attrs={"rows": 2, "placeholder": "张三 13800138000 广东省深圳市福田区农园路66号"}
        ),
    )
    consignee = forms.CharField(label="收货人", max_length=LONGEST_NAME)
    mobile = forms.CharField(label="手机", max_length=64, required=False)
    telephone = forms.CharField(label="电话", max_length=64, required=False)
    province = forms.CharField(label="省", max_length=32, required=False)
    city = forms.CharField(label="市", max_length=64, required=False)
    district = forms.CharField(label="区县", max_length=64, required=False)
    street = forms.CharField(label="详细地址", max_length=500, required=False)
    zip_code = forms.CharField(label="邮编", max_length=10, required=False)

    known_phones: frozenset[str] = frozenset()  # what stands there already may stay, masked or not
    doubts: tuple[str, ...] = ()

    @property
    def splitting(self) -> bool:
        """Was the button pressed that only splits the pasted text?"""
        return "split" in self.data

    def split(self) -> None:
        """Put the pasted text into the fields; what is doubtful is said. Who sends an address alone
        keeps name and telephone, and the other way round.
        """
        data: Any = self.data
        data, text = data.copy(), str(data.get("paste", "")).strip()[:2000]
        if not text:
            self.doubts = ("先把姓名、电话、地址粘贴到上面的框里，再按“分栏”。",)
            return
        pasted, data["paste"] = split_contact(text), ""
        told = {"consignee": pasted.name} | {name: getattr(pasted, name) for name in SPLIT}
        for names in TOGETHER:
            if any(told[name] for name in names):
                for name in names:
                    data[name] = told[name]
        self.data = data
        self.doubts = tuple(_kept(doubt, data) for doubt in pasted.doubts)

    def clean_mobile(self) -> str:
        return self._phone("mobile")

    def clean_telephone(self) -> str:
        return self._phone("telephone")

    def _phone(self, name: str) -> str:
        """Written one way, so that it is found by it; what stands there already stays."""
        typed: str = self.cleaned_data[name]
        return typed if typed in self.known_phones else clean_phone(typed)

    def check_receiving(self, values: dict[str, Any], *, address: bool = True) -> None:
        """Telephones can be dialled, and the parts of the address belong together."""
        wrong = set(self.errors)  # what is missing because it could not be read was said already
        for name, said in receiving_faults(values, address=address, known=self.known_phones):
            if name not in wrong and not (name == "mobile" and "telephone" in wrong):
                self.add_error(name, said)

    def receiving(self) -> Receiving:
        return Receiving(**{name: self.cleaned_data[name] for name in Receiving.__annotations__})


def _kept(doubt: str, data: Any) -> str:
    """What the text does not name, and stands in the fields already, is not to be filled in."""
    known = {"姓名": data.get("consignee"), "电话": data.get("mobile") or data.get("telephone")}
    for what, value in known.items():
        if value and f"{what}，请补上" in doubt:
            return doubt.replace("请补上", "还是原来的，请核对")
    return doubt


class NewAddressField(forms.Form):
    """Where a parcel on its way is to be brought instead, as the customer sent it in one text."""

    new_address = forms.CharField(
        label="改地址时：新的姓名 电话 地址，整段粘贴",
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="打电话给快递的人在订单的“物流”里点“显示”看；别处不显示。",
    )

    def clean_new_address(self) -> Receiving | None:
        """The parts of it; None where nothing was typed."""
        if not (typed := self.cleaned_data["new_address"].strip()):
            return None
        pasted = split_contact(typed)
        if len(pasted.name) > LONGEST_NAME:
            raise forms.ValidationError("没有看出收货人姓名：姓名、电话、地址之间空一格。")
        parts = {name: getattr(pasted, name) for name in SPLIT}
        if faults := receiving_faults(parts):
            raise forms.ValidationError([said for _, said in faults])
        return Receiving(consignee=pasted.name, **parts)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("new_address") and values.get("kind") not in (None, "address"):
            self.add_error(
                "new_address",
                "要改地址的，请快递做什么选“改地址或电话”；不改的把这里清空。",
            )
        return values
