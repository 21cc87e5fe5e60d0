"""Numbers that a carrier gave out: typed, pasted or from a file (SOP 2.g)."""

from __future__ import annotations

from typing import Any

from django import forms

from core.once import TokenForm
from orders.words import CARRIERS
from warehouse.numbers import Read, read

LARGEST = 1024 * 1024
SHOWN = 5


class WaybillsForm(TokenForm):
    """A carrier and its numbers."""

    carrier = forms.ChoiceField(label="快递公司", choices=[("", "选择快递"), *CARRIERS.items()])
    numbers = forms.CharField(
        label="运单号",
        required=False,
        max_length=LARGEST,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false", "autocomplete": "off"}),
        help_text="一行一个；连续的号段写成 YT0000000000001-YT0000000000500。",
    )
    file = forms.FileField(
        label="或者选一个文件（TXT、CSV，一行一个）",
        required=False,
        error_messages={"empty": "这个文件是空的。"},
    )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        text = str(values.get("numbers") or "")
        if (file := values.get("file")) is not None:
            if file.size > LARGEST:
                self.add_error("file", "文件超过 1 MB，请分几次传。")
                return values
            text += "\n" + _decoded(file.read())
        self.read = read(text, str(values.get("carrier", "")))
        for line, why in self.read.faults[:SHOWN]:
            self.add_error("numbers", f"第 {line} 行：{why}。")
        if more := len(self.read.faults) - SHOWN:
            self._more(more)
        if not self.read.numbers and not self.read.faults and not self.errors:
            self.add_error("numbers", "填上运单号，或者选一个文件。")
        return values

    read: Read

    def _more(self, more: int) -> None:
        if more > 0:
            self.add_error("numbers", f"还有 {more} 行也不对。")


def _decoded(data: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode("utf-8", errors="replace")


class ReplaceForm(TokenForm):
    """Why a parcel needs another number."""

    why = forms.ChoiceField(
        label="为什么换",
        choices=[(w, w) for w in ("面单损坏", "打印不清", "快递不认这个单号", "面单丢了")],
        widget=forms.RadioSelect,
    )
