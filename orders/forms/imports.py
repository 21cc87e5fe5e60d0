"""Forms of an import: the upload, and how a file's columns are read."""

from __future__ import annotations

from typing import Any

from django import forms

from orders.formats import FIELDS, STATES, Mapping, guess_mapping, guess_states
from orders.models import Shop
from orders.selectors.imports import shops_of
from orders.words import OrderState


class UploadForm(forms.Form):
    """An export file, with the products' file where the platform gives two."""

    shop = forms.ModelChoiceField(
        queryset=Shop.objects.none(),
        to_field_name="code",
        label="店铺",
        empty_label="选择店铺",
        error_messages={"required": "选一下这些订单是哪个店铺的。"},
    )
    orders = forms.FileField(
        label="订单文件",
        help_text="平台导出的原文件：CSV 或 XLSX，最大 200 MB。",
        error_messages={
            "required": "选一个订单文件。",
            "empty": "这个文件是空的。请从平台重新导出。",
        },
    )
    items = forms.FileField(
        label="宝贝明细文件（淘宝、天猫、有赞另有一份）",
        required=False,
        help_text="一起上传才知道每种商品的规格和数量；以后补传也可以。",
        error_messages={"empty": "宝贝明细文件是空的。请从平台重新导出。"},
    )
    anyway = forms.BooleanField(label="不是这个平台的文件，仍然导入", required=False)

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["shop"].queryset = shops_of(user)  # type: ignore[attr-defined]


class MappingForm(forms.Form):
    """Which column is which of our fields; one select for each column of the file."""

    name = forms.CharField(
        label="给这种表格起个名字",
        max_length=64,
        help_text="以后表头一样的文件会自动认出来。",
    )

    def __init__(self, data: Any = None, *, header: list[str], **kwargs: Any) -> None:
        self.header = header
        self.guess = guess_mapping(header).columns
        super().__init__(data, **kwargs)
        ours = {theirs: name for name, theirs in self.guess.items()}
        choices = [("", "不导入"), *FIELDS.items()]
        for place, title in enumerate(header):
            self.fields[f"column_{place}"] = forms.ChoiceField(
                label=title or f"第 {place + 1} 列（没有列名）",
                choices=choices,
                required=False,
                initial=ours.get(title, ""),
            )

    def columns(self) -> dict[str, str]:
        """Our field → the file's column, as chosen."""
        chosen = {}
        for place, title in enumerate(self.header):
            if name := self.cleaned_data.get(f"column_{place}"):
                chosen[name] = title
        return chosen

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        names = [v for k, v in values.items() if k.startswith("column_") and v]
        for name in sorted({name for name in names if names.count(name) > 1}):
            self.add_error(None, f"“{FIELDS[name]}”选了两列，请只留一列。")
        if "number" not in names:
            self.add_error(None, "请指定哪一列是订单号，没有它不能导入。")
        return values


class StatesForm(forms.Form):
    """Which of the file's status words is which of our states."""

    def __init__(self, data: Any = None, *, words: list[str], **kwargs: Any) -> None:
        self.words = words
        super().__init__(data, **kwargs)
        guess = guess_states(words)
        choices = [(state, OrderState(state).label) for state in STATES]
        for place, word in enumerate(words):
            self.fields[f"state_{place}"] = forms.ChoiceField(
                label=f"状态“{word}”是",
                choices=[("", "选择"), *choices],
                initial=guess.get(word, ""),
                error_messages={"required": f"“{word}”是哪种状态？不选的话这些行不能导入。"},
            )

    def states(self) -> dict[str, str]:
        return {word: self.cleaned_data[f"state_{place}"] for place, word in enumerate(self.words)}


def mapping_of(columns: MappingForm, states: StatesForm) -> Mapping:
    return Mapping(columns.columns(), states.states())
