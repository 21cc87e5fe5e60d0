"""The form that brings a platform's list of refunds."""

from __future__ import annotations

from typing import Any

from django import forms

from orders.models import Shop
from refunds.selectors.lists import platform_shops


class ListForm(forms.Form):
    """Shop and file."""

    shop = forms.ModelChoiceField(
        queryset=Shop.objects.none(),
        to_field_name="code",
        label="店铺",
        empty_label="选择店铺",
        error_messages={"required": "选一下是哪个店铺的退款。"},
    )
    file = forms.FileField(
        label="退款列表",
        help_text="平台后台导出的原文件：CSV 或 XLSX，最大 20 MB。",
        error_messages={"required": "选一个文件。", "empty": "这个文件是空的。请重新导出。"},
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["shop"].queryset = platform_shops(user)  # type: ignore[attr-defined]
