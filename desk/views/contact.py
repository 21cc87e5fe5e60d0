"""New contact: channel, search, which order, what is wanted (SOP 1.1.b, 1.2.a, 1.4.a)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from aftersales.selectors.cases import cases_of, has_cases
from core.keyset import BadCursor
from core.masking import mask_buyer, mask_name, mask_phone
from core.sealed import Unsealable
from desk.forms import NewContactForm
from desk.guided import IDENTITY_KEYS, KEYS, Begun, agreed_by, answers
from desk.views.search import address_of, typed
from orders.models import Order
from orders.reading import choose, read
from orders.selectors.order import get_order
from orders.selectors.search import Found, search
from orders.words import IdentityKey
from staff.http import Request
from staff.matrix import allow


@allow("guide_contact")
def new_contact(request: Request) -> HttpResponse:
    """GET asks for channel and key, or shows several orders; POST searches, one hit goes on."""
    if request.method == "POST":
        return _sent(request)
    if not request.GET.get("x") and not request.GET.get("q"):
        return _ask(request, NewContactForm(initial=dict(request.GET.items())))
    try:
        text = typed(request)
        found = search(
            request.user,
            choose(read(text), request.GET.get("as", "")),
            None,
            request.GET.get("page", ""),
        )
    except (Unsealable, BadCursor) as error:
        messages.error(request, str(error))
        return redirect("new-contact")
    return render(request, "desk/contact_orders.html", _several(request, found))


def _sent(request: Request) -> HttpResponse:
    form = NewContactForm(request.POST)
    if not form.is_valid():
        return _ask(request, form, status=422)
    text, begun = form.cleaned_data["q"], Begun(form.cleaned_data["channel"])
    found = search(request.user, read(text))
    if found.only:
        return redirect(_wants(found.only, agreed_by(found, begun)))
    query = address_of(text)[0].partition("?")[2]
    return redirect(f"{reverse('new-contact')}?{query}&{begun.query}")


def _ask(request: Request, form: NewContactForm, status: int = 200) -> HttpResponse:
    return render(request, "desk/contact.html", {"form": form}, status=status)


def _several(request: Request, found: Found) -> dict[str, Any]:
    """Which order is it (SOP 1.4.a)? Each with its key."""
    begun = Begun.of(request.GET)
    then, keys = agreed_by(found, begun), iter(KEYS)
    rows = [(order, next(keys, ""), _wants(order, then)) for order in found.page.rows]
    keep = {name: request.GET[name] for name in ("x", "q", "as") if request.GET.get(name)}
    return {
        "found": found,
        "rows": rows,
        "again": f"{reverse('new-contact')}?{begun.query}",
        "base": f"?{urlencode(keep)}&{begun.query}",
    }


def _wants(order: Order, begun: Begun) -> str:
    return f"{reverse('contact-order', args=[order.order_no])}?{begun.query}"


@allow("guide_contact")
def contact_order(request: Request, order_no: str) -> HttpResponse:
    """What does the customer want? Each answer with verdict, clause and sentence (SOP 1.1–1.5)."""
    order = get_order(request.user, order_no, **has_cases())
    begun = Begun.of(request.GET)
    context = {
        "order": order,
        "lines": list(order.lines.order_by("id")),
        "channel": begun.channel,
        "identity": [
            (key, key.value in begun.identity, IDENTITY_KEYS[key], _of(order, key))
            for key in IdentityKey
        ],
        "answers": answers(order, cases_of(order), request.user),
    }
    return render(request, "desk/contact_order.html", context)


def _of(order: Order, key: IdentityKey) -> str:
    """What the order says, as it may be shown, to compare with what the customer says."""
    return {
        IdentityKey.ORDER_NO: order.platform_no or order.order_no,
        IdentityKey.ACCOUNT: mask_buyer(order.buyer_account),
        IdentityKey.CONSIGNEE: mask_name(order.consignee),
        IdentityKey.MOBILE: mask_phone(order.mobile or order.telephone),
    }[key]
