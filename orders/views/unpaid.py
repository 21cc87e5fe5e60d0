"""The worklists of unpaid orders and of what is to be told in the chat (SOP 2.a, 6.b)."""

from __future__ import annotations

import uuid
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from core.acts import Actor, Repeated
from core.keyset import BadCursor, Page
from core.once import TokenForm
from core.verdict import Refused
from orders.selectors.filters import shops_of
from orders.selectors.order import get_order
from orders.selectors.unpaid import WHAT, get_message, to_tell_page, unpaid_page
from orders.services.bulk import BULK
from orders.services.reminders import tick_told
from staff.http import Request
from staff.matrix import allow, may


class Listed(NamedTuple):
    """As the results of a search: a page."""

    page: Page[Any]


IN_LIST = ("remind_now", "stop_reminding", "resume_reminding")


@allow("view_unpaid")
def unpaid(request: Request) -> HttpResponse:
    """Unpaid orders: what was sent, what comes next and when; stop, send now, close."""
    shops = {shop.code: shop.name for shop in shops_of(request.user)}
    what, shop = request.GET.get("what", ""), request.GET.get("shop", "")
    what, shop = what if what in WHAT else "", shop if shop in shops else ""
    try:
        found = unpaid_page(request.user, what, shop, request.GET.get("page", ""), timezone.now())
    except BadCursor as error:
        messages.error(request, str(error))
        return redirect("unpaid")
    asked = {name: value for name, value in (("what", what), ("shop", shop)) if value}
    context = {
        "found": Listed(found),
        "what": what,
        "shop": shop,
        "whats": WHAT,
        "shops": shops,
        "base": f"?{urlencode(asked)}",
        "may_close": may(request.user, "close_order"),
        "bulk_acts": [(verb, BULK[verb].label) for verb in IN_LIST if may(request.user, verb)],
        "late": f"{reverse('search')}?other=paid_late",
    }
    return render(request, "orders/unpaid.html", context)


@allow("tick_told")
def to_tell(request: Request) -> HttpResponse:
    """What has no interface: the sentence to copy into the chat, and a tick."""
    try:
        found = to_tell_page(request.user, request.GET.get("page", ""))
    except BadCursor as error:
        messages.error(request, str(error))
        return redirect("to-tell")
    context: dict[str, Any] = {"found": Listed(found), "token": uuid.uuid4}
    return render(request, "orders/to_tell.html", context)


@allow("tick_told")
def told(request: Request, order_no: str, told_id: int) -> HttpResponse:
    """Tick that the buyer was told; back to where it was ticked."""
    order = get_order(request.user, order_no)
    message = get_message(order, told_id)
    if message is None:
        raise Http404(f"没有告知 {told_id}")
    return _tick(request, message)


@require_POST
def _tick(request: Request, message: Any) -> HttpResponse:
    form = TokenForm(request.POST)
    token = form.cleaned_data["token"] if form.is_valid() else None
    try:
        tick_told(message, by=Actor.person(request.user), now=timezone.now(), token=token)
        messages.success(request, f"已记下：{message.order.order_no} {message.label}，买家已告知。")
    except Repeated:
        pass
    except Refused as refusal:
        messages.error(request, refusal.verdict.reason)
    order = message.order.get_absolute_url()
    return redirect(order if request.POST.get("back") == "order" else "to-tell")
