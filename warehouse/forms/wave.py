"""Which orders a wave shall have."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone

from orders.words import CARRIERS
from warehouse.selectors.waves import MOST, USUAL, Asked
from warehouse.words import WaveKind

PROMISES = {"": "不限", "late": "已经晚了", "4": "4 小时内", "today": "今天内", "24": "24 小时内"}


class WaveForm(forms.Form):
    """By carrier, shop, single or several goods, shelf zone, promise (SOP 2.c)."""

    carrier = forms.ChoiceField(
        label="快递", required=False, choices=[("", "全部"), *CARRIERS.items()]
    )
    shop = forms.ChoiceField(label="店铺", required=False)
    kind = forms.ChoiceField(
        label="类型", required=False, choices=[("", "全部"), *WaveKind.choices()]
    )
    zone = forms.CharField(label="库区", required=False, max_length=16)
    promise = forms.ChoiceField(label="承诺发货", required=False, choices=list(PROMISES.items()))
    expedited = forms.BooleanField(label="只要加急的", required=False)
    most = forms.IntegerField(
        label="最多几单", required=False, min_value=1, max_value=MOST, initial=USUAL
    )
    token = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, shops: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["shop"].choices = [("", "全部"), *shops]  # type: ignore[attr-defined]

    def asked(self, now: datetime) -> Asked:
        """What was asked for; a part that is wrong counts as not asked."""
        values = self.cleaned_data
        return Asked(
            carrier=values.get("carrier", ""),
            shop=values.get("shop", ""),
            kind=values.get("kind", ""),
            zone=values.get("zone", "").strip().upper(),
            before=_before(values.get("promise", ""), now),
            expedited=values.get("expedited", False),
            most=values.get("most") or USUAL,
        )


def _before(promise: str, now: datetime) -> datetime | None:
    if promise == "late":
        return now
    if promise == "today":
        tomorrow = timezone.localtime(now) + timedelta(days=1)
        return tomorrow.replace(hour=0, minute=0, second=0, microsecond=0)
    return now + timedelta(hours=int(promise)) if promise else None
