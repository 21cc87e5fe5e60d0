"""Forms of guidance for using the product (SOP 7.d)."""

from __future__ import annotations

import re
from typing import Any

from django import forms

from aftersales.models import Article
from aftersales.services.articles import Draft
from aftersales.words import CaseKind
from core.once import RowForm
from orders.forms.contact import ContactForm

BETWEEN = re.compile(r"[\s,，、;；]+")


def _words(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word for word in BETWEEN.split(text) if word))


class ArticleForm(RowForm):
    """An article as it is written."""

    title = forms.CharField(label="标题", max_length=80)
    body = forms.CharField(
        label="内容",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 10}),
        help_text="照这样发给买家：一步一行，空一行是新的一段。",
    )
    tags = forms.CharField(
        label="标签", max_length=200, required=False, help_text="空格分开，例如：洗涤 亚麻"
    )
    styles = forms.CharField(
        label="适用的款号",
        max_length=500,
        required=False,
        help_text="空格分开；买了这些款的订单上会提示这一篇。",
    )
    kinds = forms.MultipleChoiceField(
        label="在哪些售后单旁边提示",
        choices=CaseKind.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def first_values(self, row: Any) -> dict[str, Any]:
        names = ("title", "body", "tags", "styles")
        return {name: getattr(row, name) for name in names} | {"kinds": row.kinds.split()}

    def draft(self) -> Draft:
        values = self.cleaned_data
        return Draft(
            values["title"],
            values["body"],
            _words(values["tags"]),
            _words(values["styles"].upper()),
            tuple(values["kinds"]),
        )

    @classmethod
    def empty(cls, data: Any = None) -> ArticleForm:
        return cls(data, row=Article(version=0))


class SendArticleForm(ContactForm):
    """How the customer got in touch; the case about which it is, where there is one."""

    case = forms.CharField(widget=forms.HiddenInput, max_length=40, required=False)
