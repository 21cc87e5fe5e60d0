"""What every act's form carries: the version seen, a token, and how the customer got in touch."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms

from orders.models import Order
from orders.policy import Contacted
from orders.words import ContactChannel, IdentityKey


class ActForm(forms.Form):
    """Hidden `seen` (the version shown) and `token` (one a rendered form): architecture §3."""

    seen = forms.IntegerField(widget=forms.HiddenInput)
    token = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, order: Order, **kwargs: Any) -> None:
        self.order = order
        first = {"seen": order.version, "token": uuid.uuid4()} | self.first_values(order)
        super().__init__(data, initial=first | kwargs.pop("initial", {}), **kwargs)

    def first_values(self, order: Order) -> dict[str, Any]:
        """What the fields show when the page is opened."""
        return {}

    def contacted(self) -> Contacted | None:
        return None


class ContactForm(ActForm):
    """An act that the customer asked for: contact channel and identity check (SOP 1.1.b)."""

    channel = forms.ChoiceField(
        label="联系方式",
        choices=ContactChannel.choices,
        initial=ContactChannel.WANGWANG.value,
    )
    identity = forms.MultipleChoiceField(
        label="核对身份",
        choices=IdentityKey.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text="买家报的、与订单一致的勾上；至少两项才算核对过。",
    )
    said = forms.CharField(
        label="买家怎么说", required=False, max_length=300, widget=forms.TextInput
    )

    def contacted(self) -> Contacted:
        values = self.cleaned_data
        return Contacted(
            channel=values["channel"],
            identity=frozenset(IdentityKey(key) for key in values["identity"]),
            said=values["said"],
        )
