"""The supervisors' queue, and a decision on many of it (SOP 1.5; screens, supervisors)."""

from __future__ import annotations

import uuid
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from core.acts import Actor
from core.keyset import BadCursor
from core.models import Job
from core.money import ZERO
from orders.selectors.filters import shops_of
from refunds.forms.bulk import FORMS, BulkForm
from refunds.models import Refund
from refunds.selectors.queue import (
    AGES,
    LISTS,
    WHOSE,
    asked_of,
    by_ids,
    just_approved,
    queue_page,
    words_of,
)
from refunds.services.bulk import BULK, KIND, MOST, decide_all, verdict_on
from refunds.words import RiskKind, TrueReason
from staff.http import Request, came_from
from staff.matrix import allow, may
from staff.models import User
from staff.selectors import saved_views


@allow("view_refund")
def queue(request: Request) -> HttpResponse:
    """What waits for a supervisor by its promise, and what stands before and after it."""
    shops = {shop.code: shop.name for shop in shops_of(request.user)}
    asked, now = asked_of(request.GET.dict(), shops), timezone.now()
    try:
        found = queue_page(request.user, asked, request.GET.get("page", ""), now)
    except BadCursor as error:
        messages.error(request, str(error))
        return redirect("refunds")
    name = asked.get("list", "review")
    decides = name == "review" and may(request.user, "approve_refund")
    context = {
        "page": found,
        "asked": asked,
        "name": name,
        "lists": {key: kept.label for key, kept in LISTS.items()},
        "shops": shops,
        "reasons": dict(TrueReason.choices()),
        "risks": dict(RiskKind.choices()),
        "ages": AGES,
        "whose": WHOSE,
        "chips": _chips(asked, shops),
        "views": saved_views(request.user, "refunds"),
        "may_share": may(request.user, "share_view"),
        "here": urlencode(asked),
        "base": f"?{urlencode(asked)}",
        "back": urlencode(asked) or "list",
        "decides": decides,
        "exports": name == "by_hand" and may(request.user, "export_transfers"),
        "undoable": just_approved(request.user, now) if may(request.user, "undo_approval") else [],
        "bulk_acts": [
            (verb, one.label) for verb, one in BULK.items() if decides and may(request.user, verb)
        ],
        "assigns": decides and may(request.user, "assign_refund"),
    }
    return render(request, "refunds/queue.html", context)


def _chips(asked: dict[str, str], shops: dict[str, str]) -> list[tuple[str, str]]:
    """Each filter in words, and the address without it."""
    rest = ((words, asked | {name: ""}) for name, words in words_of(asked, shops))
    return [(words, f"?{urlencode({k: v for k, v in left.items() if v})}") for words, left in rest]


@allow("approve_refund")
def bulk(request: Request) -> HttpResponse:
    """Of the ticked ones: on which it can be done, how much that is in all; then do it.

    The look before it has an address, so that the browser's way back works.
    """
    posted, now = request.method == "POST", timezone.now()
    asked, back = request.POST if posted else request.GET, came_from(request, reverse("refunds"))
    verb = asked.get("act", "")
    rows = by_ids(request.user, asked.getlist("id")[:MOST], now)
    if verb not in BULK or not rows:
        messages.error(request, "先在左边勾上退款，再选要做什么。")
        return redirect(back)
    if not may(request.user, verb):
        raise PermissionDenied(verb)
    form = FORMS.get(verb, BulkForm)(request.POST if posted else None)
    if posted and form.is_valid():
        return _do(request, verb, rows, form, back)
    context = {"verb": verb, "bulk": BULK[verb], "form": form, "back": back}
    context |= _judged(verb, rows, request.user)
    return render(request, "refunds/bulk.html", context, status=422 if posted else 200)


def _judged(verb: str, rows: list[Refund], user: User) -> dict[str, Any]:
    """Each with its verdict; how many, how much; and what of it needs a second person then."""
    judged = [(row, verdict_on(verb, row, user.pk)) for row in rows]
    possible = [row for row, verdict in judged if verdict.allowed]
    second = [row for row in possible if verb == "approve_refund" and not row.enough]  # type: ignore[attr-defined]
    return {
        "rows": judged,
        "allowed": len(possible),
        "total": _sum(possible),
        "second": second,
        "alone": _sum(possible) - _sum(second),
        "later": _sum(second),
    }


def _sum(rows: list[Refund]) -> Decimal:
    return sum((row.amount for row in rows), ZERO)


def _do(request: Request, verb: str, rows: list[Refund], form: BulkForm, back: str) -> HttpResponse:
    values, user = form.cleaned_data, request.user
    by, now = Actor.person(user), timezone.now()
    job = decide_all(verb, rows, values, role=user.role, by=by, now=now, token=values["token"])
    return redirect(reverse("refunds-bulk-done", args=[job.pk], query={"back": back}))


@allow("approve_refund")
def bulk_done(request: Request, job_id: uuid.UUID) -> HttpResponse:
    """What became of each."""
    job = get_object_or_404(Job, pk=job_id, kind=KIND, by=request.user)
    context = {"job": job, "rows": job.result["rows"]}
    context["back"] = came_from(request, reverse("refunds"))
    return render(request, "refunds/bulk_done.html", context)
