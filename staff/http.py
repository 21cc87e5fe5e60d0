"""The request as our views see it: signed in, with htmx details."""

from __future__ import annotations

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from staff.models import User


class Request(HttpRequest):
    user: User
    htmx: HtmxDetails
