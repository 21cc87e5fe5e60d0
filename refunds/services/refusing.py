"""What was rejected here is refused on the platform, too: by a message, or by hand (SOP 1.5.e)."""

from __future__ import annotations

from datetime import datetime

from core.messages import Outgoing, send_all
from orders.models import Order
from orders.services.platform import ask_by_hand, connected_shops
from orders.words import Channel, HandTaskKind
from refunds import policy
from refunds.models import Refund

REFUSE = "refund.refuse"
# Whose interface refuses without a picture and a reason of its own list.
BY_INTERFACE = frozenset({Channel.TAOBAO.value})


def refuse_there(order: Order, refund: Refund, now: datetime) -> None:
    """Inside a running act that rejected it: the buyer's application is refused there as well.

    Taobao refuses only what was sent; everything else is a hand task.
    """
    if not (refund.applies and refund.application):
        return
    if _by_interface(order):
        key = f"{REFUSE}:{refund.number}"
        payload = {"refund": refund.pk}
        send_all([Outgoing(REFUSE, key, payload, line=key, order_no=order.order_no)], now=now)
    else:
        ask_by_hand([(order, told_of(refund), refund.number)], HandTaskKind.REFUSE, now=now)


def _by_interface(order: Order) -> bool:
    fits = order.shop.channel in BY_INTERFACE and policy.gone(order.facts([]))
    return fits and order.shop_id in connected_shops([order.shop])


def told_of(refund: Refund) -> str:
    """Which application, and why."""
    return f"平台退款编号 {refund.application}，原因：{refund.ended_why}"
