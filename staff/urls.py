"""Addresses of the staff room."""

from django.contrib.auth.views import LogoutView
from django.urls import path

from staff.views import own

urlpatterns = [
    path("sign-in", own.sign_in, name="sign-in"),
    path("sign-out", LogoutView.as_view(), name="sign-out"),
    path("me/password", own.password_change, name="password-change"),
    path("me/shortcuts", own.shortcuts, name="shortcuts"),
    path("notices", own.notices, name="notices"),
]
