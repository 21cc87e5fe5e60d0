"""Forms: modify receiving information and delivery (SOP 1.1.a)."""

from __future__ import annotations

from typing import Any

from django import forms

from orders.addresses import check_region, plausible_phone
from orders.forms.contact import ContactForm
from orders.models import Order
from orders.policy import Receiving
from orders.words import CARRIERS, Delivery


class ReceivingForm(ContactForm):
    """Consignee, telephone and address."""

    consignee = forms.CharField(label="收货人", max_length=64)
    mobile = forms.CharField(label="手机", max_length=64, required=False)
    telephone = forms.CharField(label="电话", max_length=64, required=False)
    province = forms.CharField(label="省", max_length=32)
    city = forms.CharField(label="市", max_length=64, required=False)
    district = forms.CharField(label="区县", max_length=64, required=False)
    street = forms.CharField(label="详细地址", max_length=500)
    zip_code = forms.CharField(label="邮编", max_length=10, required=False)

    def first_values(self, order: Order) -> dict[str, Any]:
        return order.receiving.values()

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        self._check_phones(values)
        for problem in check_region(
            values.get("province", ""), values.get("city", ""), values.get("district", "")
        ):
            self.add_error("province", problem)
        return values

    def _check_phones(self, values: dict[str, Any]) -> None:
        """A number that was changed must be plausible; what the platform masked may stay."""
        for name in ("mobile", "telephone"):
            typed = values.get(name, "")
            if typed and typed != getattr(self.order, name) and plausible_phone(typed) is None:
                self.add_error(name, "这个号码不像能打通的电话，请核对后再填。")
        if not values.get("mobile") and not values.get("telephone"):
            self.add_error("mobile", "手机和电话至少填一个。")

    def receiving(self) -> Receiving:
        return Receiving(**{name: self.cleaned_data[name] for name in Receiving.__annotations__})


class DeliveryForm(ContactForm):
    """Express, freight or pick-up, and by whom (SOP 5.e)."""

    delivery = forms.ChoiceField(label="配送方式", choices=Delivery.choices)
    carrier = forms.ChoiceField(
        label="快递公司", choices=[("", "由仓库安排"), *CARRIERS.items()], required=False
    )

    def first_values(self, order: Order) -> dict[str, Any]:
        return {"delivery": order.delivery, "carrier": order.carrier}
