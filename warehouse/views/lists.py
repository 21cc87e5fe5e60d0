"""Worklists of parcels on their way: in trouble, asked about, not taken by the platform."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from core.keyset import BadCursor, Page
from staff.http import Request
from staff.matrix import allow, may
from warehouse.following import WHAT_TO_DO
from warehouse.selectors.enquiries import KINDS as ASKED
from warehouse.selectors.enquiries import enquiry_page
from warehouse.selectors.troubles import KINDS, dispatch_page, trouble_page


def _listed(
    request: Request,
    name: str,
    find: Callable[[str, str], Page[Any]],
    kinds: Mapping[str, str],
    **also: Any,
) -> HttpResponse:
    kind = request.GET.get("kind", "")
    kind = kind if kind in kinds else ""
    try:
        found = find(kind, request.GET.get("page", ""))
    except BadCursor as error:
        messages.error(request, str(error))
        return redirect(name)
    context = {
        "page": found,
        "kind": kind,
        "kinds": kinds,
        "base": f"?kind={kind}",
        "token": uuid.uuid4,
    }
    return render(request, f"warehouse/{name}.html", context | also)


@allow("settle_trouble")
def troubles(request: Request) -> HttpResponse:
    """Parcels in trouble, those due first, with what to do (SOP 1.4′, 6.a)."""
    return _listed(
        request,
        "troubles",
        lambda kind, cursor: trouble_page(request.user, kind, cursor),
        KINDS,
        what_to_do=WHAT_TO_DO,
        may_carriers=may(request.user, "save_carriers"),
    )


@allow("answer_carrier")
def enquiries(request: Request) -> HttpResponse:
    """What carriers have not answered, what is late first (SOP 6.a)."""
    return _listed(
        request,
        "enquiries",
        lambda kind, cursor: enquiry_page(request.user, kind, cursor),
        ASKED,
    )


@allow("retry_dispatch")
def dispatches(request: Request) -> HttpResponse:
    """What platforms did not take, with the reason (SOP 2.h)."""
    return _listed(
        request, "dispatches", lambda kind, cursor: dispatch_page(request.user, cursor), {}
    )
