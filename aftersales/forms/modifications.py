"""Forms of a change that somebody must be waited for (SOP 1.1.e, 3.b)."""

from __future__ import annotations

from typing import Any

from django import forms

from aftersales.forms.common import TalkForm
from aftersales.services.modifications import Wish
from orders import stopping
from orders.forms.contact import ContactForm
from orders.forms.receiving import NewAddressField
from orders.models import Order
from warehouse.words import EnquiryKind

KINDS = [(kind.value, kind.label) for kind in (EnquiryKind.ADDRESS, EnquiryKind.CALL_BACK)]


def _what() -> forms.CharField:
    return forms.CharField(
        label="要改成什么",
        max_length=300,
        help_text="仓库、快递看得到，这里只写改什么；电话和详细地址不要写在这里。",
    )


def _kind() -> forms.ChoiceField:
    first = EnquiryKind.ADDRESS.value
    return forms.ChoiceField(label="请快递", choices=KINDS, widget=forms.RadioSelect, initial=first)


class ModificationForm(ContactForm, NewAddressField):
    """What is to be changed; what the carrier is asked for, where it has the parcel."""

    what = _what()
    kind = _kind()
    field_order = ("what", "kind", "new_address")

    def __init__(self, data: Any = None, *, order: Order, **kwargs: Any) -> None:
        super().__init__(data, order=order, **kwargs)
        if stopping.begun(order.facts()):
            del self.fields["kind"], self.fields["new_address"]

    def wish(self) -> Wish:
        return _wish(self.cleaned_data)


class CarrierWishForm(TalkForm, NewAddressField):
    """What the carrier is asked for."""

    kind = _kind()
    what = _what()
    field_order = ("kind", "what", "new_address")

    def wish(self) -> Wish:
        return _wish(self.cleaned_data)


class GiveUpForm(TalkForm):
    """Why nothing is changed."""

    why = forms.CharField(label="为什么不改了", max_length=200)


def _wish(values: dict[str, Any]) -> Wish:
    kind = EnquiryKind(values.get("kind") or EnquiryKind.ADDRESS)
    return Wish(values["what"], kind, values.get("new_address"))
