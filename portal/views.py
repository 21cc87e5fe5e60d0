"""The customer's page of one order: its progress, and the answer once it arrived (SOP 6.b, 6.c)."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from aftersales.services.feedback import CUSTOMER, record_feedback
from core.acts import Repeated
from core.verdict import Refused
from orders.links import order_of
from portal.forms import AnswerForm
from portal.selectors import Progress, progress_of


@require_http_methods(["GET", "HEAD", "POST"])
@login_not_required
def progress(request: HttpRequest, link: str) -> HttpResponse:
    """GET: how the order stands. POST: the customer's answer, once an order."""
    order_id = order_of(link)
    seen = progress_of(order_id, timezone.now()) if order_id else None
    if seen is None:
        return _private(render(request, "portal/gone.html", status=404))
    if request.method != "POST":
        return _show(request, seen, AnswerForm())
    return _answer(request, seen)


def _answer(request: HttpRequest, seen: Progress) -> HttpResponse:
    form = AnswerForm(request.POST)
    if not seen.may_answer:
        return _show(request, seen, form, status=409)
    if not form.is_valid():
        return _show(request, seen, form, status=422)
    now, token = timezone.now(), form.cleaned_data["token"]
    try:
        record_feedback(seen.order, form.answer(), by=CUSTOMER, now=now, token=token)
    except Repeated:
        pass  # the same press once more: what it did is there
    except Refused:
        fresh = progress_of(seen.order.pk, now) or seen
        return _show(request, fresh, form, status=409)
    return _private(redirect(request.path))


def _show(
    request: HttpRequest, seen: Progress, form: AnswerForm, *, status: int = 200
) -> HttpResponse:
    context = {"seen": seen, "order": seen.order, "form": form, "again": status == 409}
    return _private(render(request, "portal/progress.html", context, status=status))


def _private(answer: HttpResponse) -> HttpResponse:
    """Kept by no cache, found by no search engine."""
    answer["Cache-Control"] = "no-store, private"
    answer["X-Robots-Tag"] = "noindex, nofollow"
    return answer
