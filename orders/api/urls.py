"""Addresses below /api/v1/: ninja's operations behind one door, the description, 404 else."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.urls import URLPattern, path, re_path
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, Throttled, ValidationError

from core.verdict import Refused
from orders.api import describe
from orders.api.faults import faults_of
from orders.api.once import refusal
from orders.api.orders import router
from orders.api.problems import Failed, problem
from orders.api.read import LARGEST, StrictParser, too_large
from orders.api.signin import ASK

logger = logging.getLogger(__name__)

api = NinjaAPI(
    title="跟单台接口",
    version="1",
    description=describe.TEXT,
    docs_url=None,
    openapi_url=None,
    urls_namespace="api",
    parser=StrictParser(),
)
api.add_router("", router)


@api.exception_handler(Failed)
def failed(request: HttpRequest, error: Any) -> HttpResponse:
    return problem(error)


@api.exception_handler(Refused)
def refused(request: HttpRequest, error: Any) -> HttpResponse:
    return problem(refusal(error))


@api.exception_handler(ValidationError)
def invalid(request: HttpRequest, error: Any) -> HttpResponse:
    faults = faults_of(error.errors)
    return problem(Failed(422, "invalid", f"有 {len(faults)} 处要改，见 errors。", faults))


@api.exception_handler(HttpError)
def unreadable(request: HttpRequest, error: Any) -> HttpResponse:
    """ninja wraps what the parser raised."""
    cause = error.__cause__
    return problem(cause if isinstance(cause, Failed) else _malformed())


def _malformed() -> Failed:
    return Failed(400, "malformed", "请求读不懂。")


@api.exception_handler(AuthenticationError)
def nobody(request: HttpRequest, error: Any) -> HttpResponse:
    said = "请用 Authorization: Bearer 加上令牌。"
    return problem(Failed(401, "token_missing", said, headers=ASK))


@api.exception_handler(Throttled)
def too_many(request: HttpRequest, error: Any) -> HttpResponse:
    said = f"请 {error.wait} 秒以后再来。"
    return problem(Failed(429, "too_many_requests", said, headers={"Retry-After": str(error.wait)}))


@api.exception_handler(Exception)
def broken(request: HttpRequest, error: Any) -> HttpResponse:
    """Our own mistake: logged with its place; nothing of it goes out."""
    logger.error("API %s failed", request.method, exc_info=error)
    return problem(Failed(500, "our_fault", "已经记下，请稍后用同一个 Idempotency-Key 再试。"))


def door(view: Callable[..., Any]) -> Callable[..., HttpResponse]:
    """Before and after every operation: no session, no cookie, no cache; nothing too large."""

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **values: Any) -> HttpResponse:
        if too_large(request):
            answer = problem(Failed(413, "too_large", f"最多 {LARGEST // 1024} KB。"))
            answer["Connection"] = "close"
        else:
            answer = view(request, *args, **values)
        if isinstance(answer, HttpResponseNotAllowed):
            allow = answer["Allow"]
            answer = problem(Failed(405, "method", f"只能用 {allow}。", headers={"Allow": allow}))
        answer["Cache-Control"] = "no-store"
        return answer

    answered.csrf_exempt = True  # type: ignore[attr-defined]  # no cookie is read
    answered.login_required = False  # type: ignore[attr-defined]
    answered.by_token = True  # type: ignore[attr-defined]
    return answered


def _operations() -> list[URLPattern]:
    """ninja's own patterns without its root page, each behind the door."""
    found = [pattern for pattern in api.urls[0] if isinstance(pattern, URLPattern)]
    for pattern in found:
        pattern.callback = door(pattern.callback)
    return [pattern for pattern in found if pattern.name != "api-root"]


def nothing(request: HttpRequest) -> HttpResponse:
    return problem(Failed(404, "no_address", "没有这个地址，见 /api/v1/docs。"))


urlpatterns = [
    *_operations(),
    path("openapi.json", describe.openapi(api), name="api-openapi"),
    path("docs", describe.docs(api), name="api-docs"),
    re_path(r"^.*$", door(nothing), name="api-nothing"),
]
