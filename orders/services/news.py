"""What buyers are told of their orders, by what happened (SOP 6.b)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

from core.verdict import Say
from orders.links import progress_url
from orders.models import Order
from orders.reminding import PUT_OFF
from orders.services.telling import News
from orders.words import CARRIERS, MessageKind, OrderState


def _no(order: Order) -> dict[str, str]:
    """The number that the buyer knows."""
    return {"order_no": order.platform_no}


def _link(order: Order) -> dict[str, str]:
    """The number, and where its progress can be looked up without a sign-in."""
    return _no(order) | {"link": progress_url(order.pk)}


def received(order: Order, at: datetime) -> News:
    """Paid, or accepted on its terms."""
    return News(order, MessageKind.ORDER_RECEIVED, Say("told.received", _link(order)), at)


def shipped(order: Order, at: datetime) -> News:
    """It left, with carrier and waybill."""
    values = _link(order) | {
        "carrier": CARRIERS.get(order.carrier, order.carrier) or "快递",
        "waybill": order.waybill or "稍后告诉您",
    }
    return News(order, MessageKind.SHIPPED, Say("told.shipped", values), at)


def delayed(order: Order, at: datetime) -> News:
    """Its promise passed, and it has not left."""
    return News(order, MessageKind.DELAYED, Say("told.delayed", _no(order)), at)


def put_off(order: Order, day: date, at: datetime) -> News:
    """Its goods come later than it was promised, on that day (SOP 5.d)."""
    values = _no(order) | {"by": f"{day.month} 月 {day.day} 日"}
    return News(order, MessageKind.DELAYED, Say(PUT_OFF, values), at)


def refunded(order: Order, amount: Decimal, at: datetime) -> News:
    """So many yuan went back."""
    values = _no(order) | {"amount": str(amount)}
    return News(order, MessageKind.REFUNDED, Say("told.refunded", values), at)


def delivered(order: Order, at: datetime) -> list[News]:
    """It arrived: is it intact? After the shop's days the buyer is asked for feedback."""
    later = at + timedelta(days=order.shop.feedback_days)
    return [
        News(order, MessageKind.DELIVERED, Say("told.delivered", _no(order)), at),
        News(order, MessageKind.FEEDBACK, Say("told.feedback", _link(order)), at, send_at=later),
    ]


def moved(order: Order) -> list[News]:
    """What the state that the platform tells of means to the buyer: the newest thing alone."""
    if order.state == OrderState.PAID:
        return [received(order, order.paid_at)] if order.paid_at else []
    if order.state == OrderState.SHIPPED:
        return [shipped(order, order.shipped_at)] if order.shipped_at else []
    if order.state in (OrderState.RECEIVED, OrderState.COMPLETED):
        at = order.received_at or order.completed_at
        return delivered(order, at) if at else []
    return []
