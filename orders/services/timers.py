"""Start the timers of an unpaid order (SOP 2.a). Its transitions stop them."""

from __future__ import annotations

from datetime import datetime

from core.money import ZERO
from orders import reminding
from orders.models import Order
from orders.words import OrderState, Terms


def start_timers(order: Order, now: datetime) -> None:
    """It is unpaid from now on: new, reopened, resumed. Inside a running act (SOP 2.a).

    Cash on delivery and on account are neither reminded nor closed; what has been paid in part
    is not closed by a timer.
    """
    order.stop_timers()
    if order.state != OrderState.UNPAID or order.terms != Terms.PREPAID:
        return
    shop = order.shop
    if not order.do_not_remind:
        order.remind_at = reminding.restarted(
            order.ordered_at, shop.reminder_steps, order.remind_step, now
        )
    if order.paid + order.topped_up == ZERO:
        order.close_at = reminding.closing(order.ordered_at, shop.unpaid_limit_h, now)
