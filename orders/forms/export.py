"""What an export is asked for with."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms

from core.sealed import Unsealable
from orders.services.exporting.ask import LONGEST_QUERY, in_words
from orders.services.exporting.files import FORMATS


class ExportForm(forms.Form):
    """The search, the format, and for personal data the reason why."""

    query = forms.CharField(widget=forms.HiddenInput, required=False, max_length=LONGEST_QUERY)
    token = forms.UUIDField(widget=forms.HiddenInput, required=False)
    format = forms.ChoiceField(
        label="格式",
        choices=[(name, kind.label) for name, kind in FORMATS.items()],
        widget=forms.RadioSelect,
        help_text="用表格软件打开请选 XLSX：长单号不会被改成 3.5E+16。CSV 给别的系统读。",
    )
    personal = forms.BooleanField(
        label="含收货信息（收货人、电话、详细地址、付款账号）", required=False
    )
    reason = forms.CharField(
        label="为什么需要收货信息",
        required=False,
        max_length=100,
        help_text="勾了“含收货信息”才要填；会记入查看隐私记录。",
    )

    def __init__(self, data: Any = None, *, query: str = "", **kwargs: Any) -> None:
        first = {"query": query, "format": "xlsx", "token": uuid.uuid4()}
        super().__init__(data, initial=first, **kwargs)

    def clean_query(self) -> str:
        query: str = self.cleaned_data["query"]
        try:
            in_words(query)
        except Unsealable as error:
            raise forms.ValidationError("查询的条件不完整，请回到查询结果再导出。") from error
        return query

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        reason = str(values.get("reason", "")).strip()
        if values.get("personal") and len(reason) < 2:
            self.add_error("reason", "写明为什么需要收货信息，例如“给物流对账”。")
        values["reason"] = reason if values.get("personal") else ""
        return values
