"""Nobody has it: the worklist of what would be forgotten (SOP 5.c)."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from core.keyset import BadCursor
from desk.nobody import forgotten_page
from orders.selectors.nobody import BY_KEY, STAGES
from staff.http import Request
from staff.matrix import allow, may


@allow("view_nobody")
def nobody(request: Request) -> HttpResponse:
    """Open orders past their stage's limit that stand in no list, the oldest first."""
    stage = request.GET.get("stage", "")
    stage = stage if stage in BY_KEY else ""
    try:
        found = forgotten_page(request.user, stage, request.GET.get("page", ""), timezone.now())
    except BadCursor as error:
        messages.error(request, str(error))
        return redirect("nobody")
    context = {
        "page": found,
        "stage": stage,
        "stages": STAGES,
        "base": f"?stage={stage}" if stage else "?",
        "may_follow": may(request.user, "follow_up"),
    }
    return render(request, "desk/nobody.html", context)
