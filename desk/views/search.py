"""The one search box, its results, and saved views (SOP 1.1.b, 1.6.b)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from core.keyset import BadCursor
from core.sealed import Unsealable, seal, unseal
from orders.models import Shop
from orders.reading import Kind, Reading, read
from orders.selectors.filters import MONEY, OTHER, chips, parse
from orders.selectors.search import Found, search
from orders.words import Channel, HoldKind, OrderState, Terms
from staff.http import Request
from staff.matrix import allow
from staff.models import SavedView
from staff.selectors import saved_views
from staff.services.views import delete_view, save_view

FILTERS = {
    "state": ("状态", OrderState.choices()),
    "hold": ("挂起", HoldKind.choices()),
    "money": ("金额状态", [(k, words) for k, (words, _) in MONEY.items()]),
    "channel": ("渠道", Channel.choices()),
    "terms": ("付款条件", Terms.choices()),
    "other": ("其他", [(k, words) for k, (words, _) in OTHER.items()]),
}


@allow("search_orders")
def results(request: Request) -> HttpResponse:
    """POST seals what was typed into an address; GET shows the page; one hit opens."""
    if request.method == "POST":
        return redirect(address_of(request.POST.get("q", "")))
    try:
        text = typed(request)
        readings = choose(read(text), request.GET.get("as", ""))
        filters = parse(request.GET)
        found = search(request.user, readings, filters, request.GET.get("page", ""))
    except (Unsealable, BadCursor) as error:
        messages.error(request, str(error))
        return redirect("search")
    if found.only and readings and not filters.any and "page" not in request.GET:
        return redirect(found.only)
    return render(request, "desk/results.html", _context(request, text, found))


def typed(request: Request) -> str:
    """What is looked for: sealed in `x` when it is personal, else plain in `q`."""
    if sealed := request.GET.get("x"):
        return unseal(sealed)
    return request.GET.get("q", "")


def address_of(text: str) -> str:
    """The address of a search; personal text never stands in it readably."""
    base = reverse("search")
    readings = read(text)
    if not readings:
        return base
    if any(reading.personal for reading in readings):
        return f"{base}?{urlencode({'x': seal(text[:4000])})}"
    return f"{base}?{urlencode({'q': text.strip()[:200]})}"


def choose(readings: tuple[Reading, ...], kind: str) -> tuple[Reading, ...]:
    """The reading that was asked for by its link, first; the others after it."""
    if kind == Kind.CONTAINS and readings:
        return (Reading(Kind.CONTAINS, readings[0].key), *readings)
    return tuple(sorted(readings, key=lambda reading: reading.kind != kind))


def _context(request: Request, text: str, found: Found) -> dict[str, Any]:
    filters = parse(request.GET)
    names = dict(Shop.objects.values_list("code", "name"))
    keep = {n: request.GET[n] for n in ("x", "q", "as") if n in request.GET}
    active = chips(filters, names)
    return {
        "found": found,
        "q": text if not (found.reading and found.reading.personal) else "",
        "filters": filters.values(),
        "chips": [
            (words, _query(keep | {k: v for k, v in filters.without(n).values().items() if v}))
            for n, words in active
        ],
        "said": "、".join(words for _, words in active),
        "keep": keep,
        "choices": FILTERS,
        "shops": names,
        "base": _query(keep | {k: v for k, v in filters.values().items() if v}) or "?",
        "others": [(r, _query(keep | {"as": r.kind.value})) for r in found.others],
        "views": saved_views(request.user),
        "here": _query(keep | {k: v for k, v in filters.values().items() if v}).lstrip("?"),
    }


def _query(values: dict[str, str]) -> str:
    return f"?{urlencode(values)}" if values else "?"


@allow("search_orders")
def recent(request: Request) -> HttpResponse:
    """The last 8 orders that this person opened, for the empty box."""
    return render(request, "desk/_recent.html", {"recent": request.session.get("recent", [])})


@allow("save_view")
@require_POST
def view_save(request: Request) -> HttpResponse:
    """Keep the search with its filters under a name."""
    try:
        view = save_view(
            request.user,
            request.POST.get("name", ""),
            request.POST.get("query", ""),
            shared=request.POST.get("shared") == "on",
        )
    except ValueError as error:
        messages.error(request, str(error))
        return redirect("search")
    messages.success(request, f"视图“{view.name}”已保存。")
    return redirect(f"{reverse('search')}?{view.query}")


@allow("save_view")
@require_POST
def view_delete(request: Request, view_id: int) -> HttpResponse:
    view = get_object_or_404(SavedView, pk=view_id, owner=request.user)
    delete_view(view)
    messages.success(request, f"视图“{view.name}”已删除。")
    return redirect("search")
