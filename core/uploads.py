"""A request that is too large is refused before a byte of it is read (failure mode 18)."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def limit_uploads(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: 413 with a page that says what to do."""

    def middleware(request: HttpRequest) -> HttpResponse:
        length = str(request.META.get("CONTENT_LENGTH") or "0")
        if length.isdecimal() and int(length) > settings.LARGEST_UPLOAD:
            answer = render(request, "413.html", status=413)
            answer["Connection"] = "close"  # what is still coming is nobody's
            return answer
        return get_response(request)

    return middleware
