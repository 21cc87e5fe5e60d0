"""A payment that arrives on an order which was closed unpaid (SOP 2.a)."""

from __future__ import annotations

from datetime import datetime

from core.acts import Actor
from orders import reminding
from orders.formats.states import read_word
from orders.models import Order
from orders.selectors.short import waiting
from orders.services.platform import never_mind
from orders.words import HandTaskKind, OrderState, PaidLate
from staff.roles import Role
from staff.services.tell import tell
from stock.models import StockLevel


def take_late(order: Order, *, by: Actor, now: datetime) -> str:
    """Reopen it when stock allows, else all that was paid is owed back; inside a running act.

    Says which, for the timeline; finance is told of money that has to go back (SOP 2.a).
    """
    reopens = reminding.late_payment(
        order.facts([]), in_stock=in_stock(order), closed_there=closed_there(order)
    )
    if reopens:
        order.reopen()
        order.paid_late = PaidLate.REOPENED.value
        never_mind(order, HandTaskKind.CLOSE, "关闭后收到付款，已重新打开", now=now)
        return "关闭后收到付款，货还有，已重新打开"
    order.paid_late, order.owed_back = PaidLate.REFUND.value, order.total_paid
    tell(
        f"{order.order_no} 关闭后又收到付款 {order.total_paid} 元，没有重新打开，请退给买家。",
        role=Role.FINANCE,
        url=order.get_absolute_url(),
        key=f"paid-late:{order.order_no}",
    )
    return "关闭后收到付款，不能再发货，款要退回"


def in_stock(order: Order) -> bool:
    """Is there enough of each line? Goods whose stock we do not keep are no obstacle."""
    wanted: dict[int, int] = {}
    lines = order.lines.filter(sku__is_top_up=False)
    for sku, quantity in lines.values_list("sku_id", "quantity"):
        wanted[sku] = wanted.get(sku, 0) + quantity
    levels = StockLevel.objects.filter(sku_id__in=wanted)
    if not all(level.available >= wanted[level.sku_id] for level in levels):
        return False
    return not waiting(wanted).exists()  # what came is theirs who wait for it


def closed_there(order: Order) -> bool:
    """Did the platform close it itself?"""
    said = read_word(order.platform_status) if order.platform_status else None
    return said is not None and said.state == OrderState.CLOSED
