"""Forms of sign-in and of what belongs to oneself."""

from __future__ import annotations

from datetime import date, time
from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.utils import timezone

from staff.models import OfficeHours

FAR = 2  # years ahead


class SignInForm(AuthenticationForm):
    """User name and password, with errors a colleague would say."""

    error_messages = {
        "invalid_login": "用户名或密码不对。连续错 5 次会锁 15 分钟。",
        "inactive": "这个账号已经停用，请联系负责人。",
    }


class DayForm(forms.Form):
    """A day that is worked, or is not, against the public calendar (SOP 1.5)."""

    day = forms.DateField(label="日期", widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
    works = forms.TypedChoiceField(
        label="这一天", choices=[("0", "休息"), ("1", "上班")], coerce=lambda value: value == "1"
    )
    why = forms.CharField(label="原因", max_length=100, required=False)

    def clean_day(self) -> date:
        day: date = self.cleaned_data["day"]
        if day.year > timezone.localdate().year + FAR:
            raise forms.ValidationError("年份太远了，核对一下日期。")
        return day


def _time(label: str, *, required: bool = True) -> forms.TimeField:
    widget = forms.TimeInput({"type": "time"}, format="%H:%M")
    return forms.TimeField(label=label, widget=widget, required=required)


class HoursForm(forms.Form):
    """The hours of one weekday."""

    opens = _time("上班")
    break_from = _time("午休开始", required=False)
    break_to = _time("午休结束", required=False)
    closes = _time("下班")

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        if bool(values.get("break_from")) != bool(values.get("break_to")):
            raise forms.ValidationError("午休要么开始和结束都填，要么都不填。")
        given: list[time] = [values[name] for name in self.fields if values.get(name)]
        if not self.errors and given != sorted(set(given)):
            raise forms.ValidationError("时间要从早到晚：上班、午休开始、午休结束、下班。")
        return values

    def row(self, weekday: int) -> OfficeHours:
        return OfficeHours(weekday=weekday, **self.cleaned_data)
