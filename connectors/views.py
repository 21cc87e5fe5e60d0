"""Callbacks: verified over the bytes that came, kept once, answered as each system wants it.

They are public, so each asks for a signature. What does not fit is refused and leaves a line in the
log that says nothing of its content. The same news again finds its row and is answered as before.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable
from typing import TypeVar

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from connectors.accounts import NoAccount, gateway_of, tracker_of
from connectors.gateways import Forged, PaymentGateway
from connectors.trackers import CarrierTracker
from core.messages import receive

logger = logging.getLogger(__name__)

LARGEST = 256 * 1024  # a parcel with hundreds of events has some 50 KB
LONGEST_KEY = 120
T = TypeVar("T")


class Refused(Exception):
    """Not taken, with the status that says so."""

    def __init__(self, why: str, status: int) -> None:
        super().__init__(why)
        self.why, self.status = why, status


@require_POST
@csrf_exempt
@login_not_required
def alipay(request: HttpRequest, code: str) -> HttpResponse:
    """Alipay sends again for a day until it reads `success`."""
    try:
        _take_money(request, "alipay", code)
    except Refused as no:
        return HttpResponse("failure", status=no.status, content_type="text/plain")
    return HttpResponse("success", content_type="text/plain")


@require_POST
@csrf_exempt
@login_not_required
def wechatpay(request: HttpRequest, code: str) -> HttpResponse:
    """WeChat sends again for a day until the status is 200 or 204."""
    try:
        _take_money(request, "wechatpay", code)
    except Refused as no:
        return JsonResponse({"code": "FAIL", "message": no.why}, status=no.status)
    return HttpResponse(status=204)


@require_POST
@csrf_exempt
@login_not_required
def kuaidi100(request: HttpRequest, code: str = "") -> HttpResponse:
    """kuaidi100 pushes again, up to four times, until it reads its own words."""
    try:
        answer = _take_push(request, "kuaidi100", code)
    except Refused as no:
        told = {"result": False, "returnCode": str(no.status), "message": no.why}
        return JsonResponse(told, status=no.status)
    return HttpResponse(answer, content_type="application/json")


@require_POST
@csrf_exempt
@login_not_required
def kdniao(request: HttpRequest, code: str = "") -> HttpResponse:
    """kdniao pushes again until it reads that it was taken."""
    try:
        answer = _take_push(request, "kdniao", code)
    except Refused as no:
        return JsonResponse({"Success": False, "Reason": no.why}, status=no.status)
    return HttpResponse(answer, content_type="application/json")


def _take_money(request: HttpRequest, system: str, shop: str) -> None:
    """Keep a gateway's news of a refund or a payment. Raises Refused."""
    gateway = _known(system, lambda: gateway_of(system, shop))
    raw = _verified(request, system, gateway)
    try:
        notice = gateway.read(raw)
    except Forged as error:
        raise _no(system, str(error), 401) from error
    key = short(f"{system}:{shop}:{notice.fact}")
    receive(notice.topic, key, raw, now=timezone.now(), shop=shop)


def _take_push(request: HttpRequest, system: str, shop: str) -> str:
    """Keep a tracker's news of parcels; says what to answer. Raises Refused.

    Each push has the whole way of a parcel, so the same bytes are the same news.
    """
    tracker = _known(system, lambda: tracker_of(system, shop, strictly=True))
    raw, now = _verified(request, system, tracker), timezone.now()
    key = short(f"{system}:{hashlib.sha256(raw).hexdigest()}:{shop}")
    receive("carrier.push", key, raw, now=now, shop=shop)
    return tracker.taken(now)


def _known(system: str, find: Callable[[], T]) -> T:
    try:
        return find()
    except NoAccount as error:
        raise _no(system, "no such account", 404) from error


def _verified(request: HttpRequest, system: str, source: PaymentGateway | CarrierTracker) -> bytes:
    """The body of a callback that is not too large and from whom it says. Raises Refused."""
    length = str(request.META.get("CONTENT_LENGTH") or "0")
    if not length.isdecimal() or int(length) > LARGEST:  # nothing more than it says is ever read
        raise _no(system, "too large", 413)
    try:
        source.verify(request.headers, request.body, timezone.now())
    except Forged as error:
        raise _no(system, str(error), 401) from error
    return request.body


def short(key: str) -> str:
    """A key that fits its column and is still the same for the same text."""
    if len(key) <= LONGEST_KEY:
        return key
    return f"{key[:79]}:{hashlib.sha256(key.encode()).hexdigest()[:40]}"


def _no(system: str, why: str, status: int) -> Refused:
    logger.warning("callback of %s refused: %s", system, why)
    return Refused(why, status)
