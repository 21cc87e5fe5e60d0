"""The home page by role, and `/live` (architecture §10)."""

from __future__ import annotations

import hashlib

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from desk.queues import queues_of
from orders.models import Contact, Hold, Order
from orders.selectors.order import visible
from staff.http import Request
from staff.matrix import allow
from staff.selectors import notices_of, present, unread_count
from staff.services.presence import here

SHOWN = 8


@allow("home")
def home(request: Request) -> HttpResponse:
    """What waits for this person now."""
    user, now = request.user, timezone.now()
    orders = visible(user)
    context = {
        "follow_ups": orders.filter(
            follow_up_by=user, follow_up_on__lte=timezone.localdate()
        ).order_by("follow_up_on")[:SHOWN],
        "holds": Hold.objects.filter(state="open", order__in=orders)
        .select_related("order")
        .order_by("opened_at", "id")[:SHOWN],
        "calls": Contact.objects.filter(call_again_at__lte=now, order__in=orders)
        .select_related("order")
        .order_by("call_again_at")[:SHOWN],
        "promises": orders.filter(state="paid", ship_by__isnull=False).order_by("ship_by", "id")[
            :SHOWN
        ],
        "untied": Order.objects.filter(is_top_up=True, top_up_for=None)
        .exclude(state="closed")
        .order_by("-ordered_at", "-id")[:SHOWN],
        "notices": notices_of(user).exclude(read_by=user).order_by("-at")[:SHOWN],
    }
    return render(request, "desk/home.html", context)


@allow("live")
def live(request: Request) -> HttpResponse:
    """Counts, presence and notices; 204 when nothing changed. Never extends the session."""
    subject = request.GET.get("on", "")
    others: list[str] = []
    if subject.startswith("order:"):
        here(request.user, subject)
        others = present(subject, request.user)
    queues, unread = queues_of(request.user), unread_count(request.user)
    mark = hashlib.sha256(repr((queues, unread, others)).encode()).hexdigest()[:16]
    if request.GET.get("mark") == mark:
        return HttpResponse(status=204)
    context = {
        "queues": queues,
        "unread": unread,
        "present": others,
        "presence_of": subject,
        "mark": mark,
    }
    return render(request, "desk/live.html", context)
