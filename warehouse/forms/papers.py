"""What printing asks: all or what is new, why again, what to do with a rare character."""

from __future__ import annotations

from typing import Any

from django import forms

from core.once import TokenForm

NEW, ALL = "new", "all"


class PrintForm(TokenForm):
    """Which of the papers, and for a second time the reason (SOP 2.c)."""

    which = forms.ChoiceField(
        label="打哪些",
        choices=[(NEW, "没打过的"), (ALL, "全部，打过的也重打")],
        widget=forms.RadioSelect,
        required=False,
    )
    reason = forms.CharField(
        label="重打原因",
        required=False,
        max_length=100,
        help_text="只有重打要写，例如“卡纸”“标签掉了”。原来那张请当场撕掉。",
    )
    by_hand = forms.BooleanField(
        label="字库里没有的字印成〓，打完用笔补上", required=False, widget=forms.HiddenInput
    )

    def __init__(self, *args: Any, printed: int = 0, fresh: int = 0, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["which"].initial = NEW if fresh else ALL
        if not printed:
            del self.fields["which"], self.fields["reason"]
        elif not fresh:
            self.fields["which"].widget = forms.HiddenInput()

    @property
    def again(self) -> bool:
        return self.cleaned_data.get("which") == ALL

    @property
    def reason_given(self) -> str:
        return str(self.cleaned_data.get("reason", "")).strip()
