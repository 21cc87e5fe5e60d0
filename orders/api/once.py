"""`Idempotency-Key`: the same request again gets the same answer, also when two come at once.

The answer is kept in the transaction of what it tells of: both are there, or neither.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from core.verdict import Refused
from orders.api.problems import Failed, problem
from orders.api.signin import Caller
from orders.models import ApiAnswer
from orders.services.api_answers import claim, keep

KEY = r"^[!-~]{1,128}$"  # visible ASCII
KEPT_HEADERS = ("Content-Type", "Location")
OTHER = "这个 Idempotency-Key 已经用在内容不同的请求上，请换一个。"


def once(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Do what a request asks for once; the view takes `idempotency_key`."""

    @wraps(view)
    def guarded(request: Any, *args: Any, **values: Any) -> HttpResponse:
        caller: Caller = request.auth
        with transaction.atomic():
            kept = claim(caller.token, values["idempotency_key"], _digest(request), timezone.now())
            if kept.request != _digest(request):
                raise Failed(422, "key_reused", OTHER)
            if kept.status is not None:
                return _again(kept)
            answer = _answer(view, request, *args, **values)
            headers = {name: answer[name] for name in KEPT_HEADERS if name in answer}
            keep(kept, answer.status_code, headers, answer.content.decode())
        return answer

    return guarded


def _digest(request: HttpRequest) -> str:
    """Of all that makes the request what it is; the address without our host."""
    whole = f"{request.method} {request.get_full_path()}\n".encode() + request.body
    return hashlib.sha256(whole).hexdigest()


def _answer(view: Callable[..., HttpResponse], *args: Any, **values: Any) -> HttpResponse:
    """The view's answer; a refusal is one, too, and is kept like the others."""
    try:
        return view(*args, **values)
    except Failed as failed:
        return problem(failed)
    except Refused as refused:
        return problem(refusal(refused))


def refusal(refused: Refused) -> Failed:
    verdict = refused.verdict
    more = {"clause": verdict.clause, "instead": verdict.instead}
    return Failed(409, "refused", verdict.reason, more={k: v for k, v in more.items() if v})


def _again(kept: ApiAnswer) -> HttpResponse:
    answer = HttpResponse(kept.body, status=kept.status, headers=kept.headers)
    answer["Idempotent-Replayed"] = "true"
    return answer
