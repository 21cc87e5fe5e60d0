"""The owner's working days and office hours (SOP 1.5)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from core.acts import Actor
from core.verdict import Refused
from core.workdays import OFFICE, is_workday, last_known
from staff.forms import DayForm, HoursForm
from staff.http import Request
from staff.matrix import allow
from staff.models import CalendarDay, OfficeHours
from staff.selectors import calendar_changes
from staff.services.calendar import WEEKDAYS, remove_day, save_day, save_hours

AHEAD = 120  # days of which the exceptions are shown


@allow("manage_calendar")
@require_GET
def calendar(request: Request) -> HttpResponse:
    """What is worked otherwise than Monday to Friday, and when the office is open."""
    return _page(request)


@allow("manage_calendar")
@require_POST
def add_day(request: Request) -> HttpResponse:
    """Say of one day that it is worked, or is not."""
    form = DayForm(request.POST)
    if not form.is_valid():
        return _page(request, day_form=form, status=422)
    values = form.cleaned_data
    try:
        save_day(**values, by=Actor.person(request.user), now=timezone.now())
    except Refused as refused:
        form.add_error("day", refused.verdict.reason)
        return _page(request, day_form=form, status=409)
    said = "上班" if values["works"] else "休息"
    messages.success(request, f"{values['day']} 按{said}算；以后答应的时间都用它。")
    return redirect("calendar")


@allow("manage_calendar")
@require_POST
def drop_day(request: Request, day_id: int) -> HttpResponse:
    """The public calendar counts again for this day."""
    row = get_object_or_404(CalendarDay, pk=day_id)
    try:
        remove_day(row, by=Actor.person(request.user), now=timezone.now())
    except Refused as refused:
        messages.error(request, refused.verdict.reason)
        return redirect("calendar")
    messages.success(request, f"{row.day} 重新按国家日历算。")
    return redirect("calendar")


@allow("manage_calendar")
@require_POST
def hours(request: Request) -> HttpResponse:
    """The office hours of each weekday."""
    forms = _hours(request.POST)
    if [form for form in forms if not form.is_valid()]:
        return _page(request, hours_forms=forms, status=422)
    rows = [form.row(weekday) for weekday, form in enumerate(forms)]
    save_hours(rows, by=Actor.person(request.user), now=timezone.now())
    messages.success(request, "上班时间已保存；以后答应的时间都用它。")
    return redirect("calendar")


def _page(
    request: Request,
    *,
    day_form: DayForm | None = None,
    hours_forms: list[HoursForm] | None = None,
    status: int = 200,
) -> HttpResponse:
    today = timezone.localdate()
    days = list(CalendarDay.objects.filter(day__gte=today).order_by("day"))
    for row in days:
        row.public = is_workday(row.day)  # type: ignore[attr-defined]
    context = {
        "days": days,
        "public": _exceptions(today),
        "ahead": AHEAD,
        "ends": last_known(today),
        "day_form": day_form or DayForm(),
        "hours": list(zip(WEEKDAYS, hours_forms or _hours(None), strict=True)),
        "changes": calendar_changes(),
    }
    return render(request, "staff/calendar.html", context, status=status)


def _hours(data: Any) -> list[HoursForm]:
    known = OfficeHours.objects.in_bulk() if data is None else {}
    return [HoursForm(data, prefix=f"h{n}", initial=_initial(known.get(n))) for n in range(7)]


def _initial(row: OfficeHours | None) -> dict[str, Any]:
    if row is None:
        (opens, break_from), (break_to, closes) = OFFICE
        return {"opens": opens, "break_from": break_from, "break_to": break_to, "closes": closes}
    return {name: getattr(row, name) for name in HoursForm.base_fields}


def _exceptions(today: date) -> list[tuple[date, bool]]:
    """Days that the public calendar makes other than their weekday says."""
    days = (today + timedelta(days=n) for n in range(AHEAD))
    return [(day, is_workday(day)) for day in days if is_workday(day) != (day.weekday() < 5)]
