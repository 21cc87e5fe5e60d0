"""Who pays a repair, and by which top-up orders (SOP 7.e)."""

from __future__ import annotations

from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from aftersales.models import Case, CaseOrder
from aftersales.models.case import OPEN
from aftersales.words import OrderRole
from orders.models import Order
from orders.words import OrderState

SHOWN = 10
_FEE = OrderRole.TOP_UP.value


def fees_of(case: Case) -> list[Order]:
    """The top-up orders that pay it."""
    rows = case.orders.filter(role=_FEE).select_related("order__shop").order_by("id")
    return [row.order for row in rows]


def taken_by(top_up: Order) -> str:
    """The number of the case that it pays already; "" where it pays none."""
    row = CaseOrder.objects.filter(order=top_up, role=_FEE).select_related("case").first()
    return row.case.number if row else ""


def fees_for(case: Case) -> list[Order]:
    """Top-up orders of the same buyer that may pay it, newest first."""
    order = case.order
    if order is None or not (order.buyer_id or order.buyer_account):
        return []
    same = Q(buyer=order.buyer_id) if order.buyer_id else Q(pk__in=[])
    if order.buyer_account:
        same |= Q(buyer_account=order.buyer_account, shop=order.shop_id)
    return list(_free().filter(same).order_by("-ordered_at", "-id")[:SHOWN])


def find_fee(case: Case, text: str) -> Order | None:
    """A top-up order of the case's shop by our number or the platform's."""
    both = Q(order_no=text.strip().upper()) | Q(platform_no=text.strip())
    return Order.objects.filter(both, shop=case.shop_id, is_top_up=True).first()


def _free() -> QuerySet[Order]:
    rows = Order.objects.filter(is_top_up=True, top_up_for=None, refund_reserved=0)
    rows = rows.exclude(state__in=[OrderState.CLOSED.value, OrderState.UNPAID.value])
    used = CaseOrder.objects.filter(order=OuterRef("pk"), role=_FEE, case__state__in=OPEN)
    return rows.filter(~Exists(used))


def received_on(case: Case) -> date | None:
    """The day that the customer named; None: nobody knows."""
    try:
        return date.fromisoformat(str(case.details.get("received_on", "")))
    except ValueError:
        return None
