"""Tell Taobao and Tmall what happened here: seller memo, closing, receiving information.

Each deed may be done twice without harm: a memo that holds our note, a trade that is closed, an
address that is there already stay as they are. What the platform refuses becomes a hand task.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.utils import timezone

from connectors import taobao
from connectors.answers import Rejected, SignedOut
from connectors.platforms import Destination, Memo, PlatformClient
from core.messages import NotYet, handles
from core.models import OutboxMessage
from orders.models import Note, Order, Shop
from orders.selectors.account import NoAccount, credentials_of
from orders.services.platform import ask_to_sign_in, hand_over, platform_told
from orders.words import UNSHIPPED, Channel, HandTaskKind, OrderState

UNTIL_PAID = timedelta(minutes=30)
UNTIL_SIGNED_IN = timedelta(minutes=30)
# Our words for why an order was closed → the platform's.
CLOSED_WHY = {
    "买家不想要了": "买家不想买了",
    "拍错重拍": "买家拍错了",
    "信息填错": "买家信息填写错误，重新拍",
}
Deed = Callable[[PlatformClient, Order], bool]


def client_of(shop: Shop) -> taobao.Taobao:
    """The shop on its platform. Raises NoAccount."""
    account = credentials_of(shop, "taobao", taobao.Account)
    return taobao.Taobao(account, tmall=shop.channel == Channel.TMALL)


@handles("platform.memo")
def write_memo(message: OutboxMessage) -> None:
    """Add our note to what stands in the seller memo; the flag stays (SOP 1.2.d)."""
    note = Note.objects.filter(pk=message.payload["cause"].removeprefix("note:")).first()
    if note is None:
        return

    def deed(client: PlatformClient, order: Order) -> bool:
        before = client.memo(order.platform_no)
        if note.in_memo not in before.text:
            text = f"{before.text}\n{note.in_memo}".strip()
            client.write_memo(order.platform_no, Memo(text, before.flag))
        return True

    _tell(message, HandTaskKind.MEMO, deed, note.text)


@handles("platform.close")
def close(message: OutboxMessage) -> None:
    """Close there what is closed here; what was opened again meanwhile stays open (SOP 1.2.e)."""

    def deed(client: PlatformClient, order: Order) -> bool:
        if order.state != OrderState.CLOSED:
            return False
        why = CLOSED_WHY.get(order.closed_why, "未及时付款")
        client.close(order.platform_no, why)
        return True

    _tell(message, HandTaskKind.CLOSE, deed)


@handles("platform.address")
def change_address(message: OutboxMessage) -> None:
    """The receiving information as it stands now; the platform takes it once it is paid."""

    def deed(client: PlatformClient, order: Order) -> bool:
        if (order.merged_into or order).state not in UNSHIPPED:
            return False
        if order.state == OrderState.UNPAID:
            raise NotYet(timezone.now() + UNTIL_PAID, "平台要等买家付款以后才能改地址")
        if order.masked:
            raise Rejected("taobao", "masked", "有一部分还是平台遮盖的，没法写回去")
        client.change_address(order.platform_no, _destination(order))
        return True

    _tell(message, HandTaskKind.ADDRESS, deed)


def _destination(order: Order) -> Destination:
    at = order.receiving
    return Destination(
        at.consignee, at.mobile, at.telephone, at.province, at.city, at.district, at.street
    )


def _tell(message: OutboxMessage, what: HandTaskKind, deed: Deed, text: str = "") -> None:
    """Do it; what it came to stands on the order. Raises NotYet, Unreachable, Unknown."""
    orders = Order.objects.select_related("shop", "merged_into")
    order = orders.filter(pk=message.payload["order"]).first()
    if order is None:
        return
    now = timezone.now()
    text = text or order.closed_why
    try:
        if deed(client_of(order.shop), order):
            platform_told(order, what, message.key, now=now)
    except SignedOut as error:
        ask_to_sign_in(order.shop, now)
        raise NotYet(now + UNTIL_SIGNED_IN, str(error)) from error
    except (Rejected, NoAccount) as error:
        cause = message.payload["cause"]
        hand_over(order, what, text, str(error), message.key, cause, now=now)
