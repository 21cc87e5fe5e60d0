"""Everything needs a log-in; htmx is told to load the sign-in page whole."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse
from django_htmx.http import HttpResponseClientRedirect


class SignInMiddleware(LoginRequiredMiddleware):
    """Like Django's, but a fragment's answer is `HX-Redirect`, or the form lands inside a card."""

    def handle_no_permission(  # type: ignore[override]
        self, request: HttpRequest, view_func: Any
    ) -> HttpResponse:
        answer = super().handle_no_permission(request, view_func)
        if request.htmx:  # type: ignore[attr-defined]
            return HttpResponseClientRedirect(answer.url)
        return answer

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """What was shown to somebody who signed in is kept by no cache and no back button."""
        user = getattr(request, "user", None)
        if user is not None and user.is_authenticated and not response.has_header("Cache-Control"):
            response["Cache-Control"] = "no-store, private"
        return response
