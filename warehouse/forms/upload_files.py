"""The platform's empty template, what its columns hold, and what the platform did not take."""

from __future__ import annotations

import re
from typing import Any

from django import forms

from core.once import TokenForm
from core.tables.errors import Unreadable
from orders.words import CARRIERS
from warehouse.models import UploadTemplate
from warehouse.upload_files import HOLDS, NEEDED, WIDEST, read_template

TEXT = "text:"


class TemplateForm(TokenForm):
    """The file as the platform gives it."""

    file = forms.FileField(
        label="平台的空模板",
        help_text="在平台后台的批量发货页面下载空模板，原样上传：XLSX 或 CSV，最大 1 MB。",
        error_messages={"required": "选一个文件。", "empty": "这个文件是空的。"},
    )

    def clean_file(self) -> bytes:
        data: bytes = self.cleaned_data["file"].read()
        try:
            read_template(data)
        except Unreadable as error:
            raise forms.ValidationError(str(error)) from error
        return data


class ColumnsForm(TokenForm):
    """One select for each column, with a text where it is always the same; carriers' names."""

    def __init__(self, data: Any = None, *, template: UploadTemplate, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        choices = [("", "留空"), *HOLDS.items(), (TEXT, "总是这几个字 →")]
        for place, title in enumerate(template.header[:WIDEST]):
            holds = template.columns[place] if place < len(template.columns) else ""
            fixed = holds.startswith(TEXT)
            self.fields[f"c{place}"] = forms.ChoiceField(
                label=title or f"第 {place + 1} 列",
                choices=choices,
                required=False,
                initial=TEXT if fixed else holds,
            )
            self.fields[f"t{place}"] = forms.CharField(
                label=f"{title} 的固定内容",
                max_length=100,
                required=False,
                initial=holds.removeprefix(TEXT) if fixed else "",
            )
        for code, name in CARRIERS.items():
            self.fields[f"k{code}"] = forms.CharField(
                label=name, max_length=40, required=False, initial=template.carriers.get(code, "")
            )

    @property
    def columns(self) -> list[tuple[Any, Any]]:
        """Select and text of each column, side by side."""
        places = [name[1:] for name in self.fields if re.fullmatch(r"c\d+", name)]
        return [(self[f"c{place}"], self[f"t{place}"]) for place in places]

    @property
    def carriers(self) -> list[Any]:
        return [self[f"k{code}"] for code in CARRIERS]

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        held = self.held(values)
        for name in NEEDED:
            if held.count(name) != 1:
                raise forms.ValidationError(f"要有一列、也只能有一列是“{HOLDS[name]}”。")
        return values

    @staticmethod
    def held(values: dict[str, Any]) -> list[str]:
        """What each column holds, as it is kept."""
        places = [name[1:] for name in values if re.fullmatch(r"c\d+", name)]
        chosen = [(values[f"c{place}"], values.get(f"t{place}", "")) for place in places]
        return [f"{TEXT}{text}" if holds == TEXT else holds for holds, text in chosen]

    @staticmethod
    def names(values: dict[str, Any]) -> dict[str, str]:
        """What the platform calls a carrier otherwise than we do."""
        return {code: values[f"k{code}"] for code in CARRIERS if values.get(f"k{code}")}


class UploadedForm(TokenForm):
    """What the platform said when the file was uploaded."""

    refused = forms.CharField(
        label="平台没有收下的单号",
        required=False,
        max_length=20_000,
        widget=forms.Textarea({"rows": 3}),
        help_text="全部成功就留空；没收下的贴在这里，一行一个，它们留在手工事项里。",
    )

    def __init__(self, data: Any = None, *, numbers: list[str], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.numbers = numbers

    def clean_refused(self) -> list[str]:
        typed = re.split(r"[\s,，、;；]+", self.cleaned_data["refused"].strip())
        refused = [number for number in typed if number]
        unknown = [number for number in refused if number not in self.numbers]
        if unknown:
            raise forms.ValidationError(
                f"这个文件里没有：{'、'.join(unknown[:5])}。核对一下平台单号，一行一个。"
            )
        return refused
