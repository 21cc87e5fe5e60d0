"""What a customer fills in on the progress page (SOP 6.c)."""

from __future__ import annotations

from django import forms

from aftersales.listening import LONGEST, Answer
from core.once import TokenForm

INTACT = [("yes", "完好"), ("no", "有破损、少了或不对")]
STARS = [
    ("5", "5 星 · 很满意"),
    ("4", "4 星 · 满意"),
    ("3", "3 星 · 一般"),
    ("2", "2 星 · 不满意"),
    ("1", "1 星 · 很不满意"),
]
ASK = {"required": "请选一个。"}


class AnswerForm(TokenForm):
    """Is it intact, how was it, and anything else."""

    intact = forms.ChoiceField(
        label="收到的商品完好吗？", choices=INTACT, widget=forms.RadioSelect, error_messages=ASK
    )
    stars = forms.ChoiceField(
        label="您满意吗？", choices=STARS, widget=forms.RadioSelect, error_messages=ASK
    )
    text = forms.CharField(
        label="还想说的话（可以不填）",
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def answer(self) -> Answer:
        values = self.cleaned_data
        return Answer(values["intact"] == "yes", int(values["stars"]), values["text"])
