"""Worklists of what went wrong on the way: parcels in trouble, refused dispatches."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from core.keyset import Page, page
from orders.models import Order
from warehouse.models import Dispatch, Trouble
from warehouse.words import DispatchState, TroubleKind

KINDS = {kind.value: kind.label for kind in TroubleKind}


def open_troubles(user: Any) -> QuerySet[Trouble]:
    """Parcels that somebody has to look after, of the shops that this person works for."""
    rows = Trouble.objects.filter(done_at__isnull=True)
    return rows.filter(order__shop__code__in=user.shop_codes) if user.shop_codes else rows


def open_trouble(order: Order) -> Trouble | None:
    """What is wrong with the order's own parcel now, not with one that comes back."""
    rows = Trouble.objects.filter(order=order, tracking__inbound=False, done_at__isnull=True)
    return rows.order_by("-id").first()


def trouble_page(user: Any, kind: str, cursor: str) -> Page[Trouble]:
    """Those that are due first; raises BadCursor."""
    rows = open_troubles(user).select_related("order__shop", "tracking")
    if kind in KINDS:
        rows = rows.filter(kind=kind)
    mark = f"troubles:{kind if kind in KINDS else ''}"
    return page(rows, ("due_at", "id"), cursor, mark=mark)


def failed_dispatches(user: Any) -> QuerySet[Dispatch]:
    """What the platform did not take, of the shops that this person works for."""
    rows = Dispatch.objects.filter(state=DispatchState.FAILED.value)
    return rows.filter(order__shop__code__in=user.shop_codes) if user.shop_codes else rows


def dispatch_page(user: Any, cursor: str) -> Page[Dispatch]:
    """The oldest first; raises BadCursor."""
    rows = failed_dispatches(user).select_related("order__shop")
    return page(rows, ("at", "id"), cursor, mark="dispatches")
