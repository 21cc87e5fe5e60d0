"""Forms of enquiries and complaints (SOP 7.c)."""

from __future__ import annotations

from typing import Any

from django import forms

from aftersales.forms.common import TalkForm
from aftersales.rules import tree
from aftersales.selectors.versions import rules_for
from aftersales.words import CaseKind
from orders.forms.contact import ContactForm
from orders.models import Order


class EnquiryForm(ContactForm):
    """What the customer wants to know."""

    wants = forms.CharField(label="问什么", max_length=300, widget=forms.Textarea)


class ComplaintForm(ContactForm):
    """What the customer complains of, and about what it is."""

    wants = forms.CharField(label="怎么回事", max_length=300, widget=forms.Textarea)
    reason = forms.ChoiceField(label="投诉什么", choices=[])

    def __init__(self, data: Any = None, *, order: Order, **kwargs: Any) -> None:
        super().__init__(data, order=order, **kwargs)
        reasons = rules_for(order).reasons_for(CaseKind.COMPLAINT)
        self.fields["reason"].choices = [("", "选一个"), *tree(reasons)]  # type: ignore[attr-defined]


class AnswerCaseForm(TalkForm):
    """What the customer is told."""

    answer = forms.CharField(label="答复（会告诉买家）", max_length=300, widget=forms.Textarea)
