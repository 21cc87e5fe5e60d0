"""The review queue, passing an order, and asking its buyer first (SOP 2.b)."""

from __future__ import annotations

from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from core.acts import Actor, Repeated
from core.keyset import BadCursor
from core.models import Act
from core.once import TokenForm
from core.verdict import Refused
from orders.forms.review import AskBuyerForm, PassForm
from orders.models import Order
from orders.review import may_call, may_pass, may_pass_review
from orders.selectors.filters import shops_of
from orders.selectors.order import get_order
from orders.selectors.review_queue import in_order, live_hits, review_page
from orders.services.bulk import BULK
from orders.services.calls import ask_buyer
from orders.services.claims import take
from orders.services.passing import pass_review
from orders.views.act_page import ActPage, show_or_do
from orders.views.queue import asked_of, back_of, to_list
from orders.words import HitState, ReviewCode
from staff.http import Request
from staff.matrix import allow, may

Common = dict[str, Any]
IN_LIST = ("pass_review", "hold", "note")


@allow("view_review")
def queue(request: Request) -> HttpResponse:
    """Paid orders that a rule doubts, the most urgent first; passed one by one or together."""
    shops = {shop.code: shop.name for shop in shops_of(request.user)}
    asked = asked_of(request.GET.get("what", ""), request.GET.get("shop", ""), shops)
    what, shop = asked.get("what", ""), asked.get("shop", "")
    now = timezone.now()
    try:
        found = review_page(request.user, what, shop, request.GET.get("page", ""), now)
    except BadCursor as error:
        messages.error(request, str(error))
        return redirect("review")
    context = {
        "page": found,
        "what": what,
        "shop": shop,
        "codes": dict(ReviewCode.choices()),
        "shops": shops,
        "base": f"?{urlencode(asked)}",
        "back": urlencode(asked) or "list",
        "now": now,
        "may_ask": may(request.user, "ask_buyer"),
        "may_pass": may(request.user, "pass_review"),
        "bulk_acts": [(verb, BULK[verb].label) for verb in IN_LIST if may(request.user, verb)],
    }
    return render(request, "orders/review.html", context)


@allow("pass_review")
def pass_one(request: Request, order_no: str) -> HttpResponse:
    """Each hit with why it was found; pass those for which one writes a reason."""
    order = get_order(request.user, order_no)
    user = request.user
    hits = live_hits(order)
    facts = [hit.fact() for hit in hits]
    judged = [
        (hit, may_pass(hit.fact(), user.role, user.pk, facts))
        for hit in in_order(hits)
        if hit.state == HitState.OPEN
    ]

    def perform(order: Order, form: PassForm, common: Common) -> Act:
        released = form.then_release
        return pass_review(order, form.whys(), role=user.role, then_release=released, **common)

    def more(order: Order, form: PassForm) -> dict[str, Any]:
        names = form.fields
        rows = [
            (hit, verdict, form[f"why_{hit.code}"] if f"why_{hit.code}" in names else None)
            for hit, verdict in judged
        ]
        passed = [hit for hit in hits if hit.state == HitState.PASSED]
        return {"rows": rows, "passed": passed, "back": back_of(request)}

    page = ActPage(
        "pass_review",
        "审单放行",
        partial(PassForm, hits=judged, may_release=may(user, "release")),
        lambda o: may_pass_review(o.facts()),
        perform,
        "放行",
        template="orders/pass_review.html",
        more=more,
    )
    return to_list(request, order, show_or_do(request, page, order), "放行")


@allow("ask_buyer")
def ask(request: Request, order_no: str) -> HttpResponse:
    """Into the call list: the order is held until somebody has asked its buyer."""
    order = get_order(request.user, order_no)

    def perform(order: Order, form: AskBuyerForm, common: Common) -> Act:
        values = form.cleaned_data
        return ask_buyer(order, values["reason"], at=values["at"], **common)

    page = ActPage(
        "ask_buyer",
        "转待联系",
        AskBuyerForm,
        lambda o: may_call(o.facts()),
        perform,
        "转待联系",
        more=lambda order, form: {"back": back_of(request)},
    )
    return to_list(request, order, show_or_do(request, page, order), "转到待联系")


@allow("claim")
def claim(request: Request, order_no: str) -> HttpResponse:
    """Say that one looks at it now, and go there."""
    order = get_order(request.user, order_no)
    form = TokenForm(request.POST)
    if request.method != "POST" or not form.is_valid():
        return redirect("review")
    token, by = form.cleaned_data["token"], Actor.person(request.user)
    try:
        take(order, "review", by=by, now=timezone.now(), token=token)
    except Repeated:
        pass
    except Refused as refusal:
        messages.error(request, f"{refusal.verdict.reason}{refusal.verdict.instead}")
        return redirect("review")
    back = back_of(request)
    return redirect(f"{reverse('pass-review', args=[order.order_no])}?back={back}")
