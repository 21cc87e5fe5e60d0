"""What every act's form carries: the version seen, a token, and how the customer got in touch."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import QueryDict

from core.once import TokenForm
from orders.models import Order
from orders.policy import Contacted
from orders.words import ContactChannel, IdentityKey

CONTACT = ("channel", "identity", "said")


class ActForm(TokenForm):
    """Also hidden: `seen`, the version of the order that was shown (architecture §3)."""

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)

    def __init__(self, data: Any = None, *, order: Order, **kwargs: Any) -> None:
        self.order = order
        first = {"seen": order.version} | self.first_values(order)
        super().__init__(data, initial=first | kwargs.pop("initial", {}), **kwargs)

    def first_values(self, order: Order) -> dict[str, Any]:
        """What the fields show when the page is opened."""
        return {}

    def contacted(self) -> Contacted | None:
        return None

    def own_fields(self) -> list[forms.BoundField]:
        """The visible fields besides those of the contact."""
        return [f for f in self.visible_fields() if f.name not in CONTACT]

    def differences(self) -> list[tuple[str, str, str]]:
        """Label, what stands there now, what was typed: where they differ, for the conflict."""
        now, found = self.first_values(self.order), []
        for name in now:
            field = self[name]
            choices = dict(getattr(field.field, "choices", None) or [])
            ours, typed = str(now[name] or ""), str(field.data or "")
            if ours != typed:
                words = [str(choices.get(v, v)) for v in (ours, typed)]
                found.append((str(field.label), words[0], words[1]))
        return found


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


def known_of(asked: QueryDict) -> dict[str, Any]:
    """Channel and agreed keys that an address says the guided desk knows already (SOP 1.1.b)."""
    values, channel = asked.getlist("identity"), asked.get("channel", "")
    found: dict[str, Any] = (
        {"channel": channel} if channel in dict(ContactChannel.choices()) else {}
    )
    if keys := [key.value for key in IdentityKey if key.value in values]:
        found["identity"] = keys
    return found


def prefill(form: forms.BaseForm, asked: QueryDict) -> None:
    """Show what is known of the contact; work begins at the first field that is still empty."""
    known = known_of(asked)
    form.initial.update(known)
    names = getattr(form, "from_address", ())
    form.initial.update({name: asked[name] for name in names if name in asked})
    if known and (field := _first_empty(form)):
        field.field.widget.attrs["autofocus"] = True


def _first_empty(form: forms.BaseForm) -> forms.BoundField | None:
    own = [f for f in form.visible_fields() if f.name not in CONTACT]
    typed = [f for f in own if not f.field.widget.needs_multipart_form]
    return next((f for f in typed if f.initial in (None, "")), next(iter(typed), None))


class AskedForm(ContactForm):
    """A request that cannot be done now: only how it came and what was said."""
