"""Forms that every kind of case has: what each carries, and the acts that all share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from aftersales.models import Case
from aftersales.words import WaitsFor
from core.evidence.fields import files_field
from core.once import TokenForm
from orders.forms.contact import ContactForm
from orders.policy import Contacted
from orders.words import CARRIERS, IdentityKey
from staff.models import User

CONTACT = ("channel", "identity", "said")


class CaseForm(TokenForm):
    """Also hidden: `seen`, the version of the case that was shown (architecture §3)."""

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)

    def __init__(self, data: Any = None, *, case: Case, **kwargs: Any) -> None:
        self.case = case
        first = {"seen": case.version} | self.first_values(case)
        super().__init__(data, initial=first | kwargs.pop("initial", {}), **kwargs)

    def first_values(self, case: Case) -> dict[str, Any]:
        """What the fields show when the page is opened."""
        return {}

    def contacted(self) -> Contacted | None:
        return None

    def own_fields(self) -> list[forms.BoundField]:
        """The visible fields besides those of the contact."""
        return [f for f in self.visible_fields() if f.name not in CONTACT]


class TalkForm(CaseForm):
    """An act for which the customer got in touch (SOP 1.4.a)."""

    channel = ContactForm.base_fields["channel"]
    identity = ContactForm.base_fields["identity"]
    said = ContactForm.base_fields["said"]

    def contacted(self) -> Contacted:
        values = self.cleaned_data
        keys = frozenset(IdentityKey(key) for key in values["identity"])
        return Contacted(values["channel"], keys, values["said"])


class NothingForm(CaseForm):
    """An act that needs nothing but a yes."""


class WhyForm(TalkForm):
    """Withdraw or refuse: why, as the customer hears it."""

    why = forms.CharField(label="原因（会告诉买家）", max_length=200)


class QuestionForm(TalkForm):
    """What is asked of the customer."""

    question = forms.CharField(label="问了什么", max_length=200)


class AnswerForm(TalkForm):
    """What the customer answered."""

    answer = forms.CharField(label="买家怎么答复", max_length=300)


class HandOverForm(CaseForm):
    """To whom, and what they need to know."""

    to = forms.ChoiceField(label="转给谁")
    note = forms.CharField(
        label="交代", max_length=200, help_text="办到哪里了、还要做什么、答应了买家什么。"
    )

    def __init__(self, data: Any = None, *, people: Sequence[User] = (), **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.people = {str(person.pk): person for person in people}
        self.fields["to"].choices = [  # type: ignore[attr-defined]
            (key, f"{one.display_name}（{one.get_role_display()}）")
            for key, one in self.people.items()
        ]

    def chosen(self) -> User:
        return self.people[self.cleaned_data["to"]]


class CaseEvidenceForm(CaseForm):
    """Pictures and documents; while the customer is asked, whether these are the answer."""

    evidence = files_field()
    answers = forms.BooleanField(
        label="买家发来的，不用再等答复",
        required=False,
        initial=True,
        help_text="问的就是照片：传上来接着办。别的问题还没有答复的，去掉勾。",
    )

    def __init__(self, data: Any = None, *, case: Case, **kwargs: Any) -> None:
        super().__init__(data, case=case, **kwargs)
        if case.waits_for != WaitsFor.ANSWER or "waited_for" not in case.details:
            del self.fields["answers"]

    def clean_evidence(self) -> list[Any]:
        files: list[Any] = self.cleaned_data["evidence"]
        if not files:
            raise forms.ValidationError("还没有选文件。")
        return files


class WaybillForm(TalkForm):
    """Carrier and waybill of a parcel."""

    carrier = forms.ChoiceField(
        label="快递公司", choices=[("", "不知道"), *CARRIERS.items()], required=False
    )
    waybill = forms.RegexField(
        r"^[0-9A-Za-z-]{6,40}$",
        label="运单号",
        error_messages={"invalid": "运单号是 6 位以上的数字和字母，照面单填。"},
    )

    def first_values(self, case: Case) -> dict[str, Any]:
        return {"carrier": case.carrier, "waybill": case.waybill}

    def clean_waybill(self) -> str:
        return str(self.cleaned_data["waybill"]).upper()


class SentForm(CaseForm):
    """With which waybill it left."""

    carrier = forms.ChoiceField(label="快递公司", choices=list(CARRIERS.items()))
    waybill = WaybillForm.base_fields["waybill"]
