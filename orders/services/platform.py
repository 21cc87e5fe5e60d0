"""What happened here is told to the platform that the order came from (SOP 1.1.d, 1.2.d, 1.2.e).

A shop with an account is told by a message; where there is none, or the platform has no interface
that we use, a colleague does it by hand: a hand task.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime

from django.urls import reverse
from django.utils import timezone

from core.acts import TIMER, Repeated, current_act
from core.masking import scrub
from core.messages import Outgoing, send_all
from orders import policy
from orders.models import HandTask, Order, Shop, ShopAccount
from orders.services.acting import order_act
from orders.words import BY_HAND, Channel, HandTaskKind
from staff.roles import Role
from staff.services.tell import tell

BY_API: dict[str, str] = {Channel.TAOBAO: "taobao", Channel.TMALL: "taobao"}
# Where sellers do it, by channel.
BACKSTAGE: dict[str, str] = {
    Channel.TAOBAO: "千牛 → 交易 → 已卖出的宝贝",
    Channel.TMALL: "千牛 → 交易 → 已卖出的宝贝",
    Channel.JD: "京麦 → 订单管理",
    Channel.PDD: "拼多多商家后台 → 订单查询",
    Channel.DOUYIN: "抖店 → 订单管理",
    Channel.YOUZAN: "有赞后台 → 订单查询",
}
_TEXTS = {
    HandTaskKind.MEMO: "把这条备注写进卖家备注：{text}",
    HandTaskKind.CLOSE: "在平台上关闭这一单。原因：{text}",
    HandTaskKind.ADDRESS: "把平台上的收货信息改成和这里一样。",
    HandTaskKind.DISPATCH: "在平台上填发货：{text}",
    HandTaskKind.REFUSE: "在平台上拒绝退款申请。{text}",
}
_DONE = {
    HandTaskKind.MEMO: "备注已写进平台的卖家备注",
    HandTaskKind.CLOSE: "平台上也关闭了",
    HandTaskKind.ADDRESS: "平台上的收货信息已改好",
    HandTaskKind.DISPATCH: "平台已登记发货",
    HandTaskKind.REFUSE: "平台上也拒绝了退款",
}


def tell_platform(
    order: Order, what: HandTaskKind, *, now: datetime, text: str = "", cause: str = ""
) -> None:
    """Tell the platform inside a running act; an order that no platform knows is left alone.

    `text`: the note, or why it was closed. `cause`: once per order, kind and cause; by default
    the running act.
    """
    tell_platform_all([(order, text)], what, now=now, cause=cause)


def tell_platform_all(
    told: Sequence[tuple[Order, str]], what: HandTaskKind, *, now: datetime, cause: str = ""
) -> None:
    """The same for many orders, each with its text, in a fixed number of statements."""
    cause = cause or str(current_act().id)
    known = [
        (order, text)
        for order, text in told
        if order.shop.channel not in BY_HAND and not order.ours_alone
    ]
    connected = connected_shops([order.shop for order, _ in known])
    send_all(
        [_message(order, what, cause) for order, _ in known if order.shop_id in connected], now=now
    )
    by_hand = [each for each in known if each[0].shop_id not in connected]
    ask_by_hand([(order, text, cause) for order, text in by_hand], what, now=now)


def ask_by_hand(
    asked: Sequence[tuple[Order, str, str]], what: HandTaskKind, *, now: datetime
) -> None:
    """Hand tasks of a kind inside a running act: order, text and cause of each."""
    HandTask.objects.bulk_create(
        [_task(order, what, text, cause, now) for order, text, cause in asked],
        ignore_conflicts=True,
        batch_size=500,
    )


def connected_shops(asked: Sequence[Shop]) -> set[int]:
    """Those of these shops that have an account with their platform."""
    shops = {shop.pk for shop in asked if shop.channel in BY_API}
    if not shops:
        return set()
    systems = set(BY_API.values())
    found = ShopAccount.objects.filter(shop_id__in=shops, system__in=systems, active=True)
    return set(found.values_list("shop_id", flat=True))


def _message(order: Order, what: HandTaskKind, cause: str) -> Outgoing:
    """It carries no text: the handler looks up what stands there when it is delivered."""
    return Outgoing(
        f"platform.{what}",
        f"platform.{what}:{order.pk}:{cause}",
        {"order": order.pk, "cause": cause},
        line=f"platform.{what}:{order.pk}",
        order_no=order.order_no,
    )


def _task(order: Order, what: HandTaskKind, text: str, cause: str, now: datetime) -> HandTask:
    return HandTask(
        order=order,
        kind=what.value,
        cause=cause,
        text=_TEXTS[what].format(text=text),
        where=BACKSTAGE[order.shop.channel],
        opened_at=now,
    )


def ask_to_sign_in(shop: Shop, now: datetime) -> None:
    """Once a day: only the owner can renew the consent."""
    tell(
        f"“{shop.name}”的淘宝授权到期了，发给平台的都在等。请重新授权。",
        role=Role.OWNER,
        url=reverse("shop-account", args=[shop.code, "taobao"]),
        key=f"signed-out:{shop.pk}:{timezone.localdate(now)}",
    )


def never_mind(order: Order, what: HandTaskKind, why: str, *, now: datetime) -> None:
    """Nobody has to do it any more: what it was about was taken back. Inside a running act."""
    open_ = HandTask.objects.filter(order=order, kind=what.value, done_at__isnull=True)
    open_.update(done_at=now, done_by_name=current_act().actor_name, done_why=why)


def platform_told(order: Order, what: HandTaskKind, key: str, *, now: datetime) -> None:
    """Say in the timeline that the platform took it over; once for each message's `key`."""
    verb = "close_on_platform" if what is HandTaskKind.CLOSE else "tell_platform"
    token = uuid.uuid5(uuid.NAMESPACE_URL, key)
    with suppress(Repeated), order_act(verb, order, by=TIMER, token=token, now=now) as (_, log):
        log.noted(_DONE[what], clause=policy.HAND_CLAUSES[what])


def hand_over(
    order: Order, what: HandTaskKind, text: str, why: str, key: str, cause: str, *, now: datetime
) -> None:
    """The platform refused it: a colleague does it by hand; once for each message's `key`."""
    token = uuid.uuid5(uuid.NAMESPACE_URL, key)
    with (
        suppress(Repeated),
        order_act("tell_platform", order, by=TIMER, token=token, now=now) as (row, log),
    ):
        task = _task(row, what, text, cause, now)
        task.text += f"（{scrub(why)}）"
        HandTask.objects.bulk_create([task], ignore_conflicts=True)
        log.noted(f"转成手工事项：{what.label}", clause=policy.HAND_CLAUSES[what], reason=why)
