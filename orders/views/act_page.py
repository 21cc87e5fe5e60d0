"""The page of an act: one shape for all of them (architecture §2, §3).

GET shows the form with its verdict. POST does the act and redirects to the order with
`?done=<act id>`; a refusal or a conflict is 409 and a bad form 422, with the same page and
what was typed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django_htmx.http import HttpResponseClientRedirect

from core.acts import Actor, Conflict, Repeated
from core.models import Act
from core.sentences import render as said
from core.verdict import Refused, Verdict
from orders.forms.contact import ActForm
from orders.models import Order
from orders.policy import OrderFacts
from orders.selectors.order import changed_since, get_order
from staff.http import Request
from staff.matrix import allow
from staff.selectors import revealed

Perform = Callable[..., Act]


@dataclass(frozen=True)
class ActPage:
    """What is special about one act's page."""

    verb: str
    title: str
    form: type[ActForm]
    verdict: Callable[[OrderFacts], Verdict]
    perform: Callable[[Order, Any, dict[str, Any]], Act]
    button: str = "保存"
    template: str = "orders/act.html"
    personal: bool = False  # the form shows personal data: reveal first
    more: Callable[[Request, Order, Any], dict[str, Any]] = field(
        default=lambda request, order, form: {}
    )


def act_view(page: ActPage) -> Callable[..., HttpResponse]:
    """The view of an act's page, guarded by the matrix under the act's name."""

    @allow(page.verb)
    def view(request: Request, order_no: str) -> HttpResponse:
        order = get_order(request.user, order_no)
        if page.personal and not revealed(request.user, "order", order.pk):
            url = reverse("reveal", args=[order.order_no])
            return redirect(f"{url}?next={quote(request.path)}")
        if request.method != "POST":
            return _show(request, page, order, page.form(order=order))
        form = page.form(request.POST, order=order)
        if not form.is_valid():
            return _show(request, page, order, form, status=422)
        return _perform(request, page, order, form)

    view.__name__ = page.verb
    return view


def _perform(request: Request, page: ActPage, order: Order, form: ActForm) -> HttpResponse:
    common = {
        "by": Actor.person(request.user),
        "now": timezone.now(),
        "seen": form.cleaned_data["seen"],
        "token": form.cleaned_data["token"],
    }
    if contact := form.contacted():
        common["contact"] = contact
    try:
        done = page.perform(order, form, common)
    except Repeated as repeated:
        done = repeated.act
    except Refused as refusal:
        return _show(request, page, order, form, status=409, refusal=refusal.verdict)
    except Conflict as conflict:
        return _conflict(request, page, conflict, form)
    return to_order(request, order.order_no, done.id)


def to_order(request: Request, order_no: str, done: UUID) -> HttpResponse:
    """Back to the order, where the sentence for the customer stands."""
    url = f"{reverse('order', args=[order_no])}?done={done}"
    return HttpResponseClientRedirect(url) if request.htmx else redirect(url)


def _conflict(request: Request, page: ActPage, conflict: Conflict, form: ActForm) -> HttpResponse:
    """Show who changed what; what was typed stays, and goes through on the next press."""
    order = get_order(request.user, form.order.order_no)
    form.data = request.POST | {"seen": str(order.version)}
    acts = changed_since(order, conflict.seen)
    return _show(request, page, order, form, status=409, conflict=acts)


def _show(
    request: Request,
    page: ActPage,
    order: Order,
    form: ActForm,
    *,
    status: int = 200,
    refusal: Verdict | None = None,
    conflict: Any = None,
) -> HttpResponse:
    verdict = refusal or page.verdict(order.facts())
    context = {
        "page": page,
        "order": order,
        "form": form,
        "verdict": verdict,
        "sentence": said(verdict.say, order.shop.code) if verdict.say else "",
        "conflict": conflict,
        "action": request.path,
    } | page.more(request, order, form)
    name = f"{page.template}#card" if request.htmx else page.template
    return render(request, name, context, status=status)
