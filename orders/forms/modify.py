"""Forms: modify receiving information and delivery (SOP 1.1.a)."""

from __future__ import annotations

from typing import Any

from django import forms

from orders.forms.contact import ContactForm
from orders.forms.receiving import ReceivingFields
from orders.models import Order
from orders.words import CARRIERS, Delivery


class ReceivingForm(ContactForm, ReceivingFields):
    """Modify consignee, telephone and address."""

    def __init__(self, data: Any = None, *, order: Order, **kwargs: Any) -> None:
        super().__init__(data, order=order, **kwargs)
        self.known_phones = frozenset({order.mobile, order.telephone})
        if self.drafting:
            self.split()

    @property
    def drafting(self) -> bool:
        return self.splitting

    def first_values(self, order: Order) -> dict[str, Any]:
        return order.receiving.values()

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        self.check_receiving(values, address=self.order.delivery != Delivery.PICKUP)
        return values


class DeliveryForm(ContactForm):
    """Express, freight or pick-up, and by whom (SOP 5.e)."""

    delivery = forms.ChoiceField(label="配送方式", choices=Delivery.choices)
    carrier = forms.ChoiceField(label="快递公司", required=False)

    def __init__(self, data: Any = None, *, order: Order, **kwargs: Any) -> None:
        super().__init__(data, order=order, **kwargs)
        # What a platform named and we do not know may stay.
        known = CARRIERS | ({order.carrier: order.carrier} if order.carrier else {}) | CARRIERS
        self.fields["carrier"].choices = [("", "由仓库安排"), *known.items()]  # type: ignore[attr-defined]

    def first_values(self, order: Order) -> dict[str, Any]:
        return {"delivery": order.delivery, "carrier": order.carrier}

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("delivery") == Delivery.PICKUP:
            values["carrier"] = ""
        return values
