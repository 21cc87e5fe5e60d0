"""What an order's money means after a change: paid, a top-up to wait for, or owed back."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from core.acts import Actor
from core.money import ZERO
from orders.models import Order
from orders.services.hold import end_holds, open_hold
from orders.services.news import received
from orders.services.telling import tell_buyers
from orders.words import HoldKind, OrderState


def settle(order: Order, why: str, *, by: Actor, now: datetime) -> Decimal:
    """Settle what is due against all that was paid, inside a running act (SOP 1.1.f, 5.g).

    So a swap there and back owes nothing. Returns what is still to be paid, yuan; negative: what
    is owed back. An order that goes on without a payment (5.g) never waits for a top-up.
    """
    rest: Decimal = order.due - order.total_paid
    if order.state == OrderState.UNPAID:
        if rest <= ZERO < order.total_paid:
            order.pay(now)
            tell_buyers([received(order, now)], now)
        elif order.total_paid > ZERO:
            order.close_at = None  # money is in it: a person decides (SOP 2.a)
        order.owed_back = max(-rest, ZERO)
        return rest
    order.owed_back = max(-rest, ZERO)
    if rest > ZERO and order.facts([]).needs_payment:
        text = f"{why}，还差 {rest} 元，等买家补差价"
        open_hold(order, HoldKind.TOP_UP, text, by=by, now=now, amount=rest)
    else:
        end_holds(order, HoldKind.TOP_UP, "差价已结清", now)
    return rest
