"""The one way to the outside: time-outs, retries, breaker, size limit, no redirects, known hosts.

    answer = request("sms", "POST", url("sms", "/"), data=form, idempotent=False)

Raises Unreachable (certainly not done), BreakerOpen, Unknown (may have been done). A status below
500 is an answer, which the client of the system understands. Nothing of a request is logged.
"""

from __future__ import annotations

import logging
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import urlsplit

import httpx
from django.conf import settings
from django.utils import timezone

from connectors.answers import Answer, Unknown, Unreachable
from connectors.services import breaker
from connectors.systems import SYSTEMS
from core.acts import acting

CONNECT_SECONDS = 5.0
WHOLE_SECONDS = 25.0  # retries and all a call ends within half a lease (core/lease.py)
TRIES = 2  # of an idempotent call
LARGEST = 8 * 1024 * 1024

NEVER_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.UnsupportedProtocol,
)
# Both write addresses into the log, with keys and telephones in them.
for _name in ("httpx", "httpcore"):
    logging.getLogger(_name).setLevel(logging.WARNING)

# A connection for each call: on a kept one a second answer to the last call is taken for ours,
# and one that the other side just closed makes an unknown outcome of nothing.
_client = httpx.Client(
    follow_redirects=False, trust_env=False, limits=httpx.Limits(max_keepalive_connections=0)
)


def url(system: str, path: str) -> str:
    """The address of a system's path: below its base from the settings."""
    return f"{settings.CONNECTOR_URLS[system].rstrip('/')}{path}"


def request(
    system: str,
    method: str,
    address: str,
    *,
    data: Mapping[str, str] | None = None,
    json: Any = None,
    content: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    idempotent: bool,
    timeout: float | None = None,
    largest: int = LARGEST,
) -> Answer:
    """Call a system once, or again when that does no harm (`idempotent`).

    `timeout` in seconds, from the settings unless given; `largest`: bytes of an answer that is a
    file.
    """
    if acting():
        raise RuntimeError("an act never calls out: write a message")
    _check_host(system, address)
    seconds = settings.CONNECTOR_READ_SECONDS if timeout is None else timeout
    ready = _client.build_request(
        method,
        address,
        data=data,
        json=json,
        content=content,
        headers=headers,
        timeout=httpx.Timeout(seconds, connect=CONNECT_SECONDS),
    )
    return _tried(system, ready, TRIES if idempotent else 1, seconds, largest)


def _tried(system: str, ready: httpx.Request, tries: int, seconds: float, largest: int) -> Answer:
    """The answer of the first try that has one; a further try must end in time, too."""
    end = time.monotonic() + WHOLE_SECONDS
    for left in reversed(range(tries)):
        breaker.enter(system, timezone.now())
        try:
            answer = _once(system, ready, end, largest)
        except (Unreachable, Unknown) as error:
            breaker.failed(system, error.why, timezone.now())
            if not left or time.monotonic() + seconds > end:
                raise
        else:
            breaker.answered(system, timezone.now())
            return _checked(answer)
    raise AssertionError("the last try returns or raises")


def _check_host(system: str, address: str) -> None:
    """Only the hosts of the settings are ever called. Raises Unreachable."""
    base = settings.CONNECTOR_URLS.get(system, "")
    further = SYSTEMS[system].hosts if system in SYSTEMS else ()
    allowed = {urlsplit(base).netloc, *settings.CONNECTOR_HOSTS, *further}
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.netloc not in allowed:
        raise Unreachable(system, "地址不在允许的主机里")


def _once(system: str, ready: httpx.Request, end: float, largest: int) -> Answer:
    try:
        with _cut_at(end) as watch:
            ready.extensions["trace"] = watch
            response = _client.send(ready, stream=True)
            try:
                body = _read(system, response, largest)
            finally:
                response.close()
    except NEVER_SENT as error:
        raise Unreachable(system, f"连不上（{type(error).__name__}）") from None
    except httpx.HTTPError as error:
        raise Unknown(system, f"没有答完（{type(error).__name__}）") from None
    if response.status_code >= 500:
        raise Unknown(system, f"出错了（HTTP {response.status_code}）")
    return Answer(system, response.status_code, response.headers, body)


@contextmanager
def _cut_at(end: float) -> Iterator[Callable[[str, Mapping[str, Any]], None]]:
    """Hang up when the time is over: a read time-out lets through who drips a byte at a time."""
    streams: list[Any] = []

    def watch(event: str, info: Mapping[str, Any]) -> None:
        if event in ("connection.connect_tcp.complete", "connection.start_tls.complete"):
            streams.append(info["return_value"])

    def hang_up() -> None:
        for stream in streams[-1:]:  # TLS took the first one's place
            with suppress(OSError):
                stream.get_extra_info("socket").shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(max(0.0, end - time.monotonic()), hang_up)
    timer.daemon = True
    timer.start()
    try:
        yield watch
    finally:
        timer.cancel()


def _read(system: str, response: httpx.Response, largest: int) -> bytes:
    body = bytearray()
    for chunk in response.iter_bytes():
        body += chunk
        if len(body) > largest:
            raise Unknown(system, "回答太大")
    return bytes(body)


def _checked(answer: Answer) -> Answer:
    if 300 <= answer.status < 400:
        raise Unknown(answer.system, "要转到别的地址，不跟去")
    return answer
