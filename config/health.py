"""Does it serve? The view that says so, and the question that the start script and Docker ask."""

from __future__ import annotations

import http.client
import os
import sys

from django.contrib.auth.decorators import login_not_required
from django.db import Error, connection
from django.http import HttpRequest, HttpResponse


@login_not_required
def healthz(request: HttpRequest) -> HttpResponse:
    """200 once it serves and the database answers, else 503."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return HttpResponse("the database does not answer\n", status=503, content_type="text/plain")
    return HttpResponse("ok\n", content_type="text/plain")


def serves(port: int, host: str = "localhost") -> bool:
    """Ask the web server on this machine; `host` is a name that ALLOWED_HOSTS knows."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/healthz", headers={"Host": host})
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    name = os.environ.get("ALLOWED_HOSTS", "localhost").split(",")[0]
    sys.exit(0 if serves(int(os.environ.get("PORT", "8000")), name) else 1)
