"""What the frame of every page needs: queues and menu; `/live` counts (architecture §10)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from desk.queues import menu_of, queues_of
from staff.matrix import may

SHEETS = [f"css/{name}.css" for name in ("tokens", "base", "parts", "forms", "order", "print")]


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context of `base.html`; it asks nothing of the database."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"sheets": SHEETS}
    return {
        "sheets": SHEETS,
        "queues": queues_of(user),
        "menu": menu_of(user),
        "home_url": reverse("home"),
        "may_guide": may(user, "guide_contact"),
    }
