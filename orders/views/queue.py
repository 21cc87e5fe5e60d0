"""The review queue as the place one comes from: its filters, and the way back (SOP 2.b)."""

from __future__ import annotations

from urllib.parse import parse_qs, urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django_htmx.http import HttpResponseClientRedirect

from orders.models import Order
from orders.selectors.filters import shops_of
from orders.words import ReviewCode
from staff.http import Request


def asked_of(what: str, shop: str, shops: dict[str, str]) -> dict[str, str]:
    """The filters that make sense."""
    known = {"what": what if what in dict(ReviewCode.choices()) else ""}
    known["shop"] = shop if shop in shops else ""
    return {name: value for name, value in known.items() if value}


def back_of(request: Request) -> str:
    """Which list one came from: its filters, or nothing."""
    return (request.POST.get("back") or request.GET.get("back") or "")[:200]


def to_list(request: Request, order: Order, answer: HttpResponse, done: str) -> HttpResponse:
    """Done from the queue: back to it, where the next one waits."""
    gone_on = answer.status_code == 302 or "HX-Redirect" in answer
    back = back_of(request)
    if request.method != "POST" or not gone_on or not back:
        return answer
    link = format_html('<a href="{}">{}</a>', order.get_absolute_url(), order.order_no)
    messages.success(request, format_html("{} 已{}。", link, done))
    values = {name: found[0] for name, found in parse_qs(back).items()}
    shops = {shop.code: shop.name for shop in shops_of(request.user)}
    asked = urlencode(asked_of(values.get("what", ""), values.get("shop", ""), shops))
    url = reverse("review") + (f"?{asked}" if asked else "")
    return HttpResponseClientRedirect(url) if request.htmx else redirect(url)
