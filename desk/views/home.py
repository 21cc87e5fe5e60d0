"""The home page by role, and `/live` (architecture §10)."""

from __future__ import annotations

import hashlib
import re

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from connectors.selectors import troubles
from core.selectors import late_since
from desk.home import sections_of, stages_of
from desk.queues import counted
from orders.selectors.order import visible
from staff.http import Request
from staff.matrix import allow, may
from staff.models import User
from staff.selectors import present
from staff.services.presence import here

SUBJECT = re.compile(r"order:[A-Z0-9]{1,32}")


@allow("home")
def home(request: Request) -> HttpResponse:
    """What waits for this person now, in the order in which the role works."""
    now = timezone.now()
    context = {
        "sections": sections_of(request.user, now),
        "stages": stages_of(request.user, now),
        "scans": may(request.user, "scan"),
        "late_since": late_since(now),
        "looks": may(request.user, "view_messages"),
        "troubles": _troubles(request),
    }
    return render(request, "desk/home.html", context)


def _troubles(request: Request) -> list[str]:
    """Which outside systems are cut off, for who can do something about it."""
    return [str(one) for one in troubles()] if may(request.user, "view_troubles") else []


def _may_see(user: User, subject: str) -> bool:
    """Who is limited to shops is told nothing about another shop's order."""
    number = subject.partition(":")[2]
    return not user.shop_codes or visible(user).filter(order_no=number).exists()


@allow("live")
def live(request: Request) -> HttpResponse:
    """Counts, presence and notices; 204 when nothing changed. Never extends the session."""
    subject = request.GET.get("on", "")
    others: list[str] = []
    if SUBJECT.fullmatch(subject) and _may_see(request.user, subject):
        here(request.user, subject)
        others = present(subject, request.user)
    queues, unread = counted(request.user)
    broken = _troubles(request)
    mark = hashlib.sha256(repr((queues, unread, others, broken)).encode()).hexdigest()[:16]
    if request.GET.get("mark") == mark:
        return HttpResponse(status=204)
    context = {
        "queues": queues,
        "unread": unread,
        "troubles": broken,
        "present": others,
        "presence_of": subject,
        "mark": mark,
    }
    return render(request, "desk/live.html", context)
