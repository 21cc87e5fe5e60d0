"""What carriers were asked and have not answered (SOP 6.a)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet

from core.keyset import Page, page
from warehouse.models import Enquiry, Trouble
from warehouse.words import EnquiryKind, EnquiryState

ORDER = ("due_at", "id")
KINDS = {kind.value: kind.label for kind in EnquiryKind}


def open_enquiries(user: Any) -> QuerySet[Enquiry]:
    """What waits for a carrier's answer, of the shops that this person works for."""
    rows = Enquiry.objects.filter(state=EnquiryState.OPEN.value)
    return rows.filter(order__shop__code__in=user.shop_codes) if user.shop_codes else rows


def enquiry_page(user: Any, kind: str, cursor: str) -> Page[Enquiry]:
    """Those due first; raises BadCursor."""
    rows = open_enquiries(user).select_related("order__shop")
    if kind in KINDS:
        rows = rows.filter(kind=kind)
    return page(rows, ORDER, cursor, mark=f"enquiries:{kind if kind in KINDS else ''}")


def open_matters(orders: Sequence[int]) -> dict[int, list[str]]:
    """What the warehouse still has open of these orders (`settings.OPEN_MATTERS`, SOP 6.d)."""
    asked = Enquiry.objects.filter(order__in=orders, state=EnquiryState.OPEN.value)
    wrong = Trouble.objects.filter(order__in=orders, done_at__isnull=True)
    found: dict[int, list[str]] = {}
    for order in asked.values_list("order_id", flat=True).distinct():
        found.setdefault(order, []).append("联系快递")
    for order in wrong.values_list("order_id", flat=True).distinct():
        found.setdefault(order, []).append("异常件")
    return found
