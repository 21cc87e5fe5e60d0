"""The page of an act: one shape for all of them (architecture §2, §3).

GET shows the form with its verdict. POST does the act and redirects to the order with
`?done=<act id>`; a refusal or a conflict is 409 and a bad form 422, with the same page and
what was typed. A draft (a preview, a pasted address being split) is shown and saves nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django_htmx.http import HttpResponseClientRedirect

from core.acts import Actor, Conflict, Repeated
from core.models import Act
from core.sentences import render as said
from core.verdict import Refused, Verdict
from orders.forms.contact import ActForm, AskedForm, prefill
from orders.models import Order
from orders.policy import unidentified
from orders.selectors.offers import ways_on
from orders.selectors.order import changed_since, get_order
from orders.selectors.page import labelled
from orders.services.acting import refuse
from staff.http import Request
from staff.matrix import allow
from staff.selectors import revealed

_WHOLE = ("dialog-body", "act-card")


@dataclass(frozen=True)
class ActPage:
    """What is special about one act's page."""

    verb: str
    title: str
    form: Callable[..., ActForm]
    verdict: Callable[[Order], Verdict]
    perform: Callable[[Order, Any, dict[str, Any]], Act]
    button: str = "保存"
    template: str = "orders/act.html"
    personal: bool = False  # the form shows personal data: reveal first
    uploads: bool = False  # the form takes files
    asked: bool = False  # customers ask for it: a request that is refused can be recorded
    more: Callable[[Order, Any], dict[str, Any]] = field(default=lambda order, form: {})


def act_view(page: ActPage) -> Callable[..., HttpResponse]:
    """The view of an act's page, guarded by the matrix under the act's name."""

    @allow(page.verb)
    def view(request: Request, order_no: str) -> HttpResponse:
        return show_or_do(request, page, get_order(request.user, order_no))

    view.__name__ = page.verb
    return view


def show_or_do(request: Request, page: ActPage, order: Order) -> HttpResponse:
    """GET: the form. POST: the draft, or the act."""
    if request.method != "POST":
        if _must_reveal(request, page, order):
            url = reverse("reveal", args=[order.order_no])
            return redirect(f"{url}?next={quote(request.get_full_path())}")
        form = page.form(order=order)
        prefill(form, request.GET)
        return _show(request, page, order, form)
    if "asked" in request.POST:
        return _record(request, page, order)
    files = {"files": request.FILES} if page.uploads else {}
    form = page.form(request.POST, order=order, **files)
    if form.drafting:
        return _show(request, page, order, form)
    if not form.is_valid():
        return _show(request, page, order, form, status=422)
    return _perform(request, page, order, form)


def _must_reveal(request: Request, page: ActPage, order: Order) -> bool:
    """A form with personal data is opened after a reveal; a refusal shows none."""
    if not page.personal or not page.verdict(order).allowed:
        return False
    return not revealed(request.user, "order", order.pk)


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
        fresh = get_order(request.user, order.order_no)
        return _show(request, page, fresh, form, status=409, refusal=refusal.verdict)
    except Conflict as conflict:
        return _conflict(request, page, conflict)
    if contact and (doubt := unidentified(page.verb, contact.identity)):
        messages.warning(request, f"已经改了，记下了：{doubt.reason}")
    return to_order(request, order.order_no, done.id)


def to_order(request: Request, order_no: str, done: UUID) -> HttpResponse:
    """Back to the order, where the sentence for the customer stands."""
    url = f"{reverse('order', args=[order_no])}?done={done}"
    return HttpResponseClientRedirect(url) if request.htmx else redirect(url)


def _record(request: Request, page: ActPage, order: Order) -> HttpResponse:
    """Keep that the customer asked for what the SOP refuses (SOP 1.1.b, 1.1.c)."""
    form = AskedForm(request.POST, order=order)
    verdict = page.verdict(order)
    if verdict.allowed or not page.asked:
        return _show(request, page, order, page.form(order=order))
    if not form.is_valid():
        return _show(request, page, order, page.form(order=order), status=422)
    act = refuse(
        page.verb,
        order,
        page.verdict,
        by=Actor.person(request.user),
        now=timezone.now(),
        contact=form.contacted(),
    )
    if act is None:
        return redirect(request.path)
    return to_order(request, order.order_no, act.id)


def _conflict(request: Request, page: ActPage, conflict: Conflict) -> HttpResponse:
    """Show who changed what; what was typed stays, and goes through on the next press."""
    order = get_order(request.user, conflict.row.order_no)  # type: ignore[attr-defined]
    form = page.form(_merged(request, page, order, conflict.seen), order=order)
    plain = not page.personal or revealed(request.user, "order", order.pk)
    context = {
        "conflict": labelled(changed_since(order, conflict.seen)),
        "differences": form.differences() if plain else [],
    }
    return _show(request, page, order, form, status=409, more=context)


def _merged(request: Request, page: ActPage, order: Order, seen: int) -> QueryDict:
    """What was typed; fields that this person left alone take what stands there now."""
    data = request.POST.copy()
    data["seen"] = str(order.version)
    shown = order.history.filter(version__lte=seen).order_by("history_id").last()
    if shown is None:
        return data
    form = page.form(order=order)
    before, now = form.first_values(shown.instance), form.first_values(order)
    for name, value in before.items():
        if name in data and data[name] == str(value or ""):
            data[name] = str(now[name] or "")
    return data


def _show(
    request: Request,
    page: ActPage,
    order: Order,
    form: ActForm,
    *,
    status: int = 200,
    refusal: Verdict | None = None,
    more: dict[str, Any] | None = None,
) -> HttpResponse:
    verdict = refusal or page.verdict(order)
    context = {
        "page": page,
        "order": order,
        "form": form,
        "verdict": verdict,
        "open": page.verdict(order).allowed,
        "sentence": said(verdict.say, order.shop.code) if verdict.say else "",
        "action": request.path,
    }
    if doubt := unidentified(page.verb, frozenset()):
        context["unidentified"] = doubt
        context["ask_identity"] = said(doubt.say, order.shop.code) if doubt.say else ""
    if not context["open"] and page.asked:
        asked = AskedForm(order=order, auto_id="asked_%s")
        prefill(asked, request.GET)
        context["asked"] = asked
    if not context["open"]:
        context["ways_on"] = ways_on(order, request.user, but=page.verb)
    context |= page.more(order, form) | (more or {})
    return draw(request, page.template, context, status=status, part=form.partial)


def draw(
    request: Request, template: str, context: dict[str, Any], *, status: int = 200, part: bool
) -> HttpResponse:
    """The page, its card for a dialog, or (a draft) only the part that changes."""
    if not request.htmx:
        return render(request, template, context, status=status)
    name = "part" if part else "card"
    answer = render(request, f"{template}#{name}", context, status=status)
    whole = request.htmx.target in (None, *_WHOLE)
    if not part and not whole:
        answer["HX-Retarget"], answer["HX-Reswap"] = "#act-card", "outerHTML"
    if part and whole:  # 先看看, of the form itself: what was typed stays
        answer["HX-Retarget"], answer["HX-Reswap"] = "#preview", "innerHTML"
        answer["HX-Reselect"] = "#preview > *"
    return answer
