"""One line a request, and its id on every line that is written while it is answered.

The line has the address's pattern, not the address: somebody may have typed a name into it.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import structlog
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from core import tally
from core.trace import accepted

HEADER = "X-Request-ID"
DURATION = "gendan_http_request_duration_seconds"
# Asked every few seconds by machines and open pages: told when something is wrong with them.
QUIET = {"healthz", "readyz", "metrics", "live", "static"}

log = structlog.stdlib.get_logger("gendan.request")

Answering = Callable[[HttpRequest], HttpResponseBase]


def trace_requests(get_response: Answering) -> Answering:
    """Middleware, the outermost: accepts a proxy's id where it is well-formed, or makes one."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        began = time.perf_counter()
        known = accepted(request.headers.get(HEADER, ""))
        with structlog.contextvars.bound_contextvars(request_id=known):
            answer = get_response(request)
            answer[HEADER] = known
            _tell(request, answer.status_code, time.perf_counter() - began)
        return answer

    return middleware


def _tell(request: HttpRequest, status: int, seconds: float) -> None:
    match = request.resolver_match
    view = (match.view_name or "-") if match else "static" if status < 400 else "-"
    # Whoever has not been asked for by now is nobody's business, and not worth a query.
    user = getattr(request, "_cached_user", None)
    tell = log.error if status >= 500 else log.debug if view in QUIET and status < 400 else log.info
    tell(
        "request",
        method=request.method,
        path=f"/{match.route}" if match else "-",
        status=status,
        ms=round(seconds * 1000),
        user=getattr(user, "pk", None),
        role=getattr(user, "role", None),
    )
    tally.observe(DURATION, seconds, view=view, status=str(status))
