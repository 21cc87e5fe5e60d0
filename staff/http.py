"""The request as our views see it: signed in, with htmx details."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.middleware import HtmxDetails

from staff.models import User

LONGEST_BACK = 2000


class Request(HttpRequest):
    user: User
    htmx: HtmxDetails


def came_from(request: Request, otherwise: str) -> str:
    """The list one came from with its filters and page, as `back` says; only an address of ours."""
    back = request.POST.get("back") or request.GET.get("back") or ""
    ours = url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure())
    return back if ours and len(back) <= LONGEST_BACK else otherwise
