"""Tell an address that an owner typed: never one inside the house, never a second address.

The name is resolved once, every address of it is looked at, and the connection goes to the one
that was looked at: a name that changes its answer between two questions (DNS rebinding) gains
nothing. What the demo or CONNECTOR_HOSTS names may stand inside.
"""

from __future__ import annotations

import ipaddress
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

import httpx
from django.conf import settings
from django.utils import timezone

from connectors.answers import ConnectorError, Rejected, Unknown, Unreachable
from connectors.http import CONNECT_SECONDS, NEVER_SENT
from connectors.services import breaker
from core.acts import acting

READ_SECONDS = 5.0
MOST_READ = 2048  # bytes of the answer: enough to see what it was
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_client = httpx.Client(follow_redirects=False, trust_env=False, http2=False)


@dataclass(frozen=True, slots=True)
class Told:
    """What came back, whatever the status."""

    status: int
    took_ms: int
    text: str


def tell(system: str, address: str, content: bytes, headers: Mapping[str, str]) -> Told:
    """POST once. Raises Rejected (not an address to call), Unreachable, BreakerOpen, Unknown."""
    if acting():
        raise RuntimeError("an act never calls out: write a message")
    parts = urlsplit(address)
    ready = _ready(parts, _looked_at(system, parts), content, headers)
    breaker.enter(system, timezone.now())
    begun = time.monotonic()
    try:
        status, text = _post(system, ready, begun)
    except ConnectorError as error:
        breaker.failed(system, error.why, timezone.now())
        raise
    if status >= 500:
        breaker.failed(system, f"HTTP {status}", timezone.now())
    else:
        breaker.answered(system, timezone.now())
    return Told(status, int((time.monotonic() - begun) * 1000), text)


def _ready(
    parts: SplitResult, ip: str, content: bytes, headers: Mapping[str, str]
) -> httpx.Request:
    """To the address that was looked at, under the name that was typed (also for TLS)."""
    host = f"[{ip}]" if ":" in ip else ip
    netloc = f"{host}:{parts.port}" if parts.port else host
    return _client.build_request(
        "POST",
        parts._replace(netloc=netloc, fragment="").geturl(),
        content=content,
        headers={"Host": parts.netloc, **headers},
        timeout=httpx.Timeout(READ_SECONDS, connect=CONNECT_SECONDS),
        extensions={"sni_hostname": parts.hostname or ""},
    )


def _post(system: str, ready: httpx.Request, begun: float) -> tuple[int, str]:
    body = b""
    try:
        response = _client.send(ready, stream=True)
        try:
            for chunk in response.iter_raw(MOST_READ):
                body += chunk
                if len(body) >= MOST_READ or time.monotonic() - begun > 2 * READ_SECONDS:
                    break
        finally:
            response.close()
    except NEVER_SENT as error:
        raise Unreachable(system, f"连不上（{type(error).__name__}）") from None
    except httpx.HTTPError as error:
        raise Unknown(system, f"没有答完（{type(error).__name__}）") from None
    return response.status_code, body[:MOST_READ].decode(errors="replace")


def _looked_at(system: str, parts: SplitResult) -> str:
    """The address to connect to; raises Rejected for one inside, Unreachable for none."""
    trusted = settings.DEMO or parts.netloc in settings.CONNECTOR_HOSTS
    try:
        host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError, ValueError):
        raise Unreachable(system, "找不到这个网址的主机") from None
    if parts.scheme != "https" and not trusted:
        raise Rejected(system, "not_https", "网址要用 https")
    addresses = [str(each[4][0]) for each in found]
    if not trusted and not all(map(public, addresses)):
        raise Rejected(system, "inside", "网址指向内部网络，不会发送")
    return addresses[0]


def public(address: str) -> bool:
    """Is it an address of the open internet, also by what it carries inside?"""
    ip = ipaddress.ip_address(address.partition("%")[0])
    carries = isinstance(ip, ipaddress.IPv6Address) and (
        ip.ipv4_mapped or ip.sixtofour or ip.teredo or ip in _NAT64
    )
    return not carries and ip.is_global and not ip.is_multicast
