"""An act on the orders ticked in a list: looked at first, then done, with an answer per row."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from core.acts import Actor
from core.models import Job
from orders.forms.bulk import FORMS, BulkForm
from orders.models import Order
from orders.selectors.order import by_numbers
from orders.selectors.review_queue import with_hits
from orders.selectors.search import with_open_holds
from orders.services.bulk import BULK, KIND, MOST, do_bulk
from staff.http import Request, came_from
from staff.matrix import allow, may


@allow("bulk")
def bulk(request: Request) -> HttpResponse:
    """Which of the ticked orders it can be done on, and why not on the others; then do it.

    The look before it has an address, so that the browser's way back works.
    """
    posted, back = request.method == "POST", came_from(request, reverse("search"))
    asked = request.POST if posted else request.GET
    verb = asked.get("act", "")
    numbers = list(dict.fromkeys(asked.getlist("no")))[:MOST]
    if verb not in BULK or not numbers:
        messages.error(request, "先在左边勾上订单，再选要做什么。")
        return redirect(back)
    if not may(request.user, verb):
        raise PermissionDenied(verb)
    orders = with_open_holds(by_numbers(request.user, numbers))
    with_hits(orders)
    form = FORMS.get(verb, BulkForm)(request.POST if posted else None)
    if posted and form.is_valid():
        return _do(request, verb, orders, form, back)
    rows = [(order, BULK[verb].rule(order.facts(order.open_holds))) for order in orders]  # type: ignore[attr-defined]
    context = {
        "verb": verb,
        "bulk": BULK[verb],
        "form": form,
        "back": back,
        "rows": rows,
        "allowed": sum(verdict.allowed for _, verdict in rows),
    }
    return render(request, "orders/bulk.html", context, status=422 if posted else 200)


def _do(
    request: Request, verb: str, orders: list[Order], form: BulkForm, back: str
) -> HttpResponse:
    values = form.cleaned_data
    job = do_bulk(
        verb,
        orders,
        values,
        by=Actor.person(request.user),
        now=timezone.now(),
        token=values["token"],
    )
    return redirect(reverse("bulk-done", args=[job.pk], query={"back": back}))


@allow("bulk")
def done(request: Request, job_id: uuid.UUID) -> HttpResponse:
    """What became of each order."""
    job = get_object_or_404(Job, pk=job_id, kind=KIND, by=request.user)
    context = {"job": job, "rows": job.result["rows"]}
    context["back"] = came_from(request, reverse("search"))
    return render(request, "orders/bulk_done.html", context)
