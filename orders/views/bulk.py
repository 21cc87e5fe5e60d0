"""An act on the orders ticked in a list: looked at first, then done, with an answer per row."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from core.acts import Actor
from core.models import Job
from orders.forms.bulk import FORMS, BulkForm
from orders.models import Order
from orders.selectors.order import by_numbers
from orders.selectors.review_queue import with_hits
from orders.selectors.search import with_open_holds
from orders.services.bulk import BULK, KIND, MOST, do_bulk
from staff.http import Request
from staff.matrix import allow, may


@allow("bulk")
def bulk(request: Request) -> HttpResponse:
    """Which of the ticked orders it can be done on, and why not on the others; then do it."""
    verb = request.POST.get("act", "")
    numbers = list(dict.fromkeys(request.POST.getlist("no")))[:MOST]
    if verb not in BULK or not numbers:
        messages.error(request, "先在左边勾上订单，再选要做什么。")
        return redirect("search")
    if not may(request.user, verb):
        raise PermissionDenied(verb)
    orders = with_open_holds(by_numbers(request.user, numbers))
    with_hits(orders)
    confirmed = "confirm" in request.POST
    form = FORMS.get(verb, BulkForm)(request.POST if confirmed else None)
    if confirmed and form.is_valid():
        return _do(request, verb, orders, form)
    rows = [(order, BULK[verb].rule(order.facts(order.open_holds))) for order in orders]  # type: ignore[attr-defined]
    context = {
        "verb": verb,
        "bulk": BULK[verb],
        "form": form,
        "rows": rows,
        "allowed": sum(verdict.allowed for _, verdict in rows),
    }
    return render(request, "orders/bulk.html", context, status=422 if confirmed else 200)


def _do(request: Request, verb: str, orders: list[Order], form: BulkForm) -> HttpResponse:
    values = form.cleaned_data
    job = do_bulk(
        verb,
        orders,
        values,
        by=Actor.person(request.user),
        now=timezone.now(),
        token=values["token"],
    )
    return redirect("bulk-done", job.pk)


@allow("bulk")
def done(request: Request, job_id: uuid.UUID) -> HttpResponse:
    """What became of each order."""
    job = get_object_or_404(Job, pk=job_id, kind=KIND, by=request.user)
    return render(request, "orders/bulk_done.html", {"job": job, "rows": job.result["rows"]})
