"""Addresses of the staff room."""

from django.contrib.auth.views import LogoutView
from django.urls import path

from staff.views import calendar, own

urlpatterns = [
    path("sign-in", own.sign_in, name="sign-in"),
    path("sign-out", LogoutView.as_view(), name="sign-out"),
    path("me/password", own.password_change, name="password-change"),
    path("me/shortcuts", own.shortcuts, name="shortcuts"),
    path("calendar", calendar.calendar, name="calendar"),
    path("calendar/days", calendar.add_day, name="calendar-day"),
    path("calendar/days/<int:day_id>/remove", calendar.drop_day, name="calendar-day-remove"),
    path("calendar/hours", calendar.hours, name="calendar-hours"),
    path("notices", own.notices, name="notices"),
]
