"""How an order ends: followed, received, complete (SOP 2.i, 6.a, 6.c, 6.d). Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from core.money import ZERO
from core.verdict import Verdict, no, yes
from orders.policy import OrderFacts
from orders.words import OrderState

S = OrderState
YOUNG = timedelta(days=15)  # older parcels that an import brings are not followed
AGAIN = timedelta(days=1)  # what cannot be completed is asked about again


def follow_from(state: str, shipped_at: datetime | None, now: datetime) -> datetime | None:
    """From when a parcel is followed; None for what has not left or left long ago (SOP 6.a)."""
    if state != S.SHIPPED or (shipped_at is not None and shipped_at < now - YOUNG):
        return None
    return now


def complete_by(received_at: datetime, days: int) -> datetime:
    """When a received order is complete by itself: the shop's days later (SOP 6.d)."""
    return received_at + timedelta(days=days)


def may_receive(order: OrderFacts) -> Verdict:
    """The customer has it: by the carrier, by the platform, or as somebody heard (SOP 6.c)."""
    if order.state is S.SHIPPED:
        return yes("6.c", "买家说收到了，或者自提的已经提走，就登记签收。")
    if order.state in (S.RECEIVED, S.COMPLETED):
        return no("6.c", f"订单{order.state.label}，不用再登记。")
    return no("6.c", f"订单{order.state.label}，还没有发货，不能登记签收。")


def may_complete(
    order: OrderFacts, *, after_sale_open: bool = False, open_matters: Sequence[str] = ()
) -> Verdict:
    """Is nothing left to do (SOP 2.i, 5.g, 6.d)? `open_matters`: what other rooms still have."""
    if order.state is not S.RECEIVED:
        return no("2.i", f"订单{order.state.label}，签收以后才能完成。")
    if order.holds:
        return no("2.i", "还有没解除的挂起，不能完成。")
    if after_sale_open:
        return no("6.d", f"平台售后还没有结束（{order.after_sale}），不能完成。")
    if order.unpaid_rest > ZERO:
        return no("5.g", f"{order.terms.label}，还差 {order.unpaid_rest} 元没收到，不能完成。")
    if open_matters:
        return no("6.d", f"还有没处理完的：{'、'.join(open_matters)}，不能完成。")
    return yes("2.i", "签收后没有别的事，可以完成。")
