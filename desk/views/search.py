"""The one search box, its results, and saved views (SOP 1.1.b, 1.6.b)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from functools import cache
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_POST

from aftersales.selectors.cases import case_by_code
from core.keyset import BadCursor
from core.sealed import Unsealable, seal, unseal
from orders.models import Order, Shop
from orders.reading import Reading, choose, read
from orders.selectors.filters import MONEY, OTHER, Filters, chips, money_states, parse, shops_of
from orders.selectors.order import by_numbers
from orders.selectors.search import Found, search
from orders.services.bulk import BULK
from orders.words import Channel, HoldKind, OrderState, Terms
from staff.http import Request
from staff.matrix import allow, may
from staff.models import SavedView
from staff.selectors import last_seen, saved_views
from staff.services.views import PLACES, delete_view, save_view

FILTERS = {
    "state": ("状态", OrderState.choices()),
    "hold": ("挂起", HoldKind.choices()),
    "money": ("金额状态", [(k, words) for k, (words, _) in MONEY.items()]),
    "channel": ("渠道", Channel.choices()),
    "terms": ("付款条件", Terms.choices()),
    "other": ("其他", [(k, words) for k, (words, _) in OTHER.items()]),
}
LONGEST = 3500  # of an address: servers in front refuse more than about 4,000 characters
TOO_LONG = "贴进来的内容太长，一个地址放不下，只查了前面一部分；请分几次查。"


@allow("search_orders")
def results(request: Request) -> HttpResponse:
    """POST seals what was typed into an address; GET shows the page; one hit opens."""
    if request.method == "POST":
        return _sent(request)
    try:
        text = typed(request)
        readings = choose(read(text), request.GET.get("as", ""))
        filters, shops = parse(request.GET), shops_of(request.user)
        found = search(request.user, readings, filters, request.GET.get("page", ""), shops=shops)
    except (Unsealable, BadCursor) as error:
        messages.error(request, str(error))
        return redirect("search")
    alone = found.only if readings and not (filters.any or found.missing) else None
    if alone and not {"page", "list"} & set(request.GET):
        return _opened(request, alone, found, text)
    if not found.page.rows and text and (case := case_by_code(request.user, text)):
        return redirect(case)
    context = _context(request, text, found, filters, shops)
    return render(request, "desk/results.html", context)


def _sent(request: Request) -> HttpResponse:
    """The box asks for everything: filters that stood in the address before go."""
    address, whole = address_of(request.POST.get("q", ""))
    if not whole:
        messages.warning(request, TOO_LONG)
    return redirect(address)


def _opened(request: Request, order: Order, found: Found, text: str) -> HttpResponse:
    """The order itself; how the text was read is said there, with the way to the others.

    Nothing is said of a key that stood there as it is, and can be nothing else.
    """
    if found.reading and (found.others or found.reading.key != text.strip()):
        messages.info(request, _read_as(request, found.reading, found.others))
    return redirect(order)


def _read_as(request: Request, reading: Reading, others: Sequence[Reading]) -> str:
    said = format_html("{}打开的。", reading.said)
    if not others:
        return said
    target = f"{reverse('search')}{_query(_asked(request) | {'list': '1'})}"
    labels = "、".join(dict.fromkeys(other.kind.label for other in others))
    return format_html('{}也可能是{}：<a href="{}">看别的读法</a>', said, labels, target)


def typed(request: Request) -> str:
    """What is looked for: sealed in `x` when it may be personal, else plain in `q`."""
    if sealed := request.GET.get("x"):
        return unseal(sealed)
    return request.GET.get("q", "")


def address_of(text: str) -> tuple[str, bool]:
    """The address of a search, and whether all of the text found room in it.

    Only a bare number of an order or a parcel stands in it readably.
    """
    base, readings = reverse("search"), read(text)
    if not readings:
        return base, True
    if readings[0].key == text.strip() and not any(reading.personal for reading in readings):
        return f"{base}?{urlencode({'q': text.strip()})}", True
    length = len(text)
    while len(sealed := seal(text[:length])) > LONGEST:
        length = length * LONGEST // len(sealed)
    return f"{base}?{urlencode({'x': sealed})}", length == len(text)


def _context(
    request: Request, text: str, found: Found, filters: Filters, shops: Sequence[Shop]
) -> dict[str, Any]:
    names = {shop.code: shop.name for shop in shops}
    asked, narrowed = _asked(request), _filled(filters)
    active = chips(filters, names)
    for order in found.page.rows:
        order.money_states = money_states(order, [h.kind for h in order.open_holds])  # type: ignore[attr-defined]
    return {
        "found": found,
        "q": text if not (found.reading and found.reading.personal) else "",
        "filters": filters.values(),
        "chips": [
            (words, _query(asked | _filled(filters.without(name)))) for name, words in active
        ],
        "said": "、".join(words for _, words in active),
        "keep": asked,
        "selects": [
            (name, label, _options(name, getattr(filters, name)))
            for name, (label, _) in FILTERS.items()
        ],
        "shops": names,
        "base": _query(asked | narrowed),
        "everything": _query(asked),
        "others": _other_readings(found, asked | narrowed),
        "ways": _other_ways(found, asked | narrowed),
        "contains": _query(asked | narrowed | {"as": "contains"}),
        "views": saved_views(request.user),
        "may_share": may(request.user, "share_view"),
        "may_export": may(request.user, "export_orders"),
        "bulk_acts": [(verb, act.label) for verb, act in BULK.items() if may(request.user, verb)],
        "export_token": uuid.uuid4(),
        "here": urlencode(asked | narrowed),
    }


@cache
def _options(name: str, chosen: str) -> SafeString:
    """The choices of a filter. Kept: they are the same on each page and half of its text."""
    return format_html_join(
        "",
        '<option value="{}"{}>{}</option>',
        (
            (value, mark_safe(" selected") if value == chosen else "", label)
            for value, label in FILTERS[name][1]
        ),
    )


def _asked(request: Request) -> dict[str, str]:
    return {name: request.GET[name] for name in ("x", "q", "as") if request.GET.get(name)}


def _filled(filters: Filters) -> dict[str, str]:
    return {name: value for name, value in filters.values().items() if value}


def _other_readings(found: Found, keep: dict[str, str]) -> list[tuple[Reading, str]]:
    kinds = {reading.kind: reading for reading in found.others}
    return [(r, _query(keep | {"as": r.kind.value})) for r in kinds.values()]


def _other_ways(found: Found, keep: dict[str, str]) -> list[tuple[str, str]]:
    """The other ways to look for the same key: 以它开头, 被平台遮盖."""
    kind = found.reading.kind.value if found.reading else ""
    return [
        (way.said or "完全相同", _query(keep | {"as": f"{kind}-{number}"}))
        for number, way in found.other_ways
    ]


def _query(values: dict[str, str]) -> str:
    return f"?{urlencode(values)}"


@allow("search_orders")
def recent(request: Request) -> HttpResponse:
    """The last 8 orders that this person opened, for the empty box."""
    opened = by_numbers(request.user, last_seen(request.user, "order"))
    return render(request, "desk/_recent.html", {"recent": opened})


@allow("save_view")
@require_POST
def view_save(request: Request) -> HttpResponse:
    """Keep a list with its filters under a name."""
    place = request.POST.get("place") or "search"
    place = place if place in PLACES else "search"
    try:
        view = save_view(
            request.user,
            request.POST.get("name", ""),
            request.POST.get("query", ""),
            shared=request.POST.get("shared") == "on",
            place=place,
            replace=request.POST.get("replace") == "on",
        )
    except ValueError as error:
        messages.error(request, str(error))
        return redirect(f"{reverse(place)}?{request.POST.get('query', '')}")
    messages.success(request, f"视图“{view.name}”已保存。")
    return redirect(f"{reverse(place)}?{view.query}")


@allow("save_view")
@require_POST
def view_delete(request: Request, view_id: int) -> HttpResponse:
    view = get_object_or_404(SavedView, pk=view_id, owner=request.user)
    delete_view(view)
    messages.success(request, f"视图“{view.name}”已删除。")
    return redirect(view.place)
