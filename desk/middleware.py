"""The net under the views: a refusal or a conflict that nobody caught is 409, never 500.

A page address that was cut leads to the first page.
"""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from core.acts import Conflict, Repeated
from core.keyset import BadCursor
from core.verdict import Refused, no


class RefusalNet:
    """Answers for acts that are done by a bare button (take back, lift a hold)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, BadCursor):
            messages.error(request, str(error))
            return redirect(request.path)
        if isinstance(error, Repeated):
            return redirect("order", error.act.order_no) if error.act.order_no else redirect("home")
        if isinstance(error, Conflict):
            verdict = no(
                "1.1.d", "这一单刚刚被别人改过。", instead="回到订单看看现在的样子，再做一次。"
            )
        elif isinstance(error, Refused):
            verdict = error.verdict
        else:
            return None
        return render(request, "desk/refused.html", {"verdict": verdict}, status=409)
