"""Time requests through the whole stack, and tell the figures."""

from __future__ import annotations

import io
import json
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.test import Client

from staff.models import User

HOST = "bench.test"
SECRET = "b" * 32  # of the form's token


@dataclass(slots=True)
class Times:
    """Seconds of one kind, in the order measured."""

    seconds: list[float] = field(default_factory=list)

    def percentile(self, part: float) -> float:
        """In milliseconds."""
        ordered = sorted(self.seconds)
        return round(1000 * ordered[min(int(part * len(ordered)), len(ordered) - 1)], 2)

    @property
    def p50(self) -> float:
        return self.percentile(0.50)

    @property
    def p95(self) -> float:
        return self.percentile(0.95)


class Visitor:
    """Somebody who is signed in and asks our WSGI application, as gunicorn would.

    The session and the user are rows that each request loads; only the network is left out.
    """

    def __init__(self, role: str = "supervisor") -> None:
        name = f"bench-{role}"
        self.user, _ = User.objects.get_or_create(
            username=name, defaults={"full_name": name, "role": role}
        )
        self.client = Client(SERVER_NAME=HOST)
        self.client.force_login(self.user)
        self.cookie = f"{settings.SESSION_COOKIE_NAME}={self.client.session.session_key}"
        self.application = get_wsgi_application()

    def address(self, typed: str) -> str:
        """Where the search box leads when this is typed; personal text is sealed by it."""
        return str(self.client.post("/orders", {"q": typed})["Location"])

    def get(self, address: str) -> tuple[float, int, bytes]:
        """Seconds, status and body of one request."""
        return self._ask(self._environ(address))

    def _ask(self, environ: dict[str, Any]) -> tuple[float, int, bytes]:
        answer = [""]

        def start(status: str, headers: Any, error: Any = None) -> Any:
            answer[0] = status

        began = time.perf_counter()
        response = self.application(environ, start)
        body = b"".join(response)
        response.close()
        return time.perf_counter() - began, int(answer[0][:3]), body

    def post(self, address: str, fields: dict[str, str]) -> tuple[float, int, bytes]:
        """The same for a form that is sent."""
        body = urlencode(fields | {"csrfmiddlewaretoken": SECRET}).encode()
        return self._ask(
            self._environ(address)
            | {
                "REQUEST_METHOD": "POST",
                "CONTENT_TYPE": "application/x-www-form-urlencoded",
                "CONTENT_LENGTH": str(len(body)),
                "HTTP_COOKIE": f"{self.cookie}; {settings.CSRF_COOKIE_NAME}={SECRET}",
                "wsgi.input": io.BytesIO(body),
            }
        )

    def _environ(self, address: str) -> dict[str, Any]:
        path, _, query = address.partition("?")
        return {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "HTTP_COOKIE": self.cookie,
            "HTTP_HOST": HOST,
            "SERVER_NAME": HOST,
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(),
            "wsgi.errors": io.StringIO(),
        }


def ratio(ours: float, floor: float) -> float:
    return round(ours / floor, 2) if floor else 0.0


def table(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Print columns, the first to the left, numbers to the right."""
    cells = [list(head), *([str(cell) for cell in row] for row in rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(head))]
    for row in cells:
        first, *others = (
            cell.ljust(w) if not i else cell.rjust(w)
            for i, (cell, w) in enumerate(zip(row, widths, strict=True))
        )
        print("  ".join([first, *others]).rstrip())


def tell(**figures: Any) -> None:
    """The last line: one JSON object."""
    print(json.dumps(figures, ensure_ascii=False))
