"""Bring a gateway's bill; say why a difference is closed or opened again."""

from __future__ import annotations

from typing import Any

from django import forms

from core.once import RowForm
from orders.models import Shop
from orders.selectors.imports import shops_of


class BillForm(forms.Form):
    """Shop, file, and the day where the file does not say it."""

    shop = forms.ModelChoiceField(
        queryset=Shop.objects.none(),
        to_field_name="code",
        label="店铺",
        empty_label="选择店铺",
        help_text="收进这个渠道账户的店铺；几个店铺共用账户的，选哪个都行。",
        error_messages={"required": "选一下是哪个店铺的收款账户。"},
    )
    file = forms.FileField(
        label="账单",
        help_text="渠道后台下载的原文件，一天一份：支付宝业务明细或账务明细（CSV、ZIP），"
        "微信支付交易账单（CSV）。",
        error_messages={"required": "选一个文件。", "empty": "这个文件是空的。请重新下载。"},
    )
    day = forms.DateField(
        label="日期",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text="文件里看得出就不用填；微信支付一笔也没有的空账单要填。",
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["shop"].queryset = shops_of(user)  # type: ignore[attr-defined]


class CloseForm(RowForm):
    why = forms.CharField(
        label="查到了什么、怎么处理的",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "写一句查到了什么、怎么处理的。"},
    )


class ReopenForm(RowForm):
    why = forms.CharField(
        label="为什么重新打开",
        max_length=300,
        error_messages={"required": "写一句为什么重新打开。"},
    )
