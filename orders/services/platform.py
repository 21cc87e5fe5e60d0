"""What happened here is told to the platform that the order came from (SOP 1.1.d, 1.2.d, 2.a).

Where the platform has no interface that we use, a colleague does it by hand: a hand task.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from core.acts import current_act
from orders.models import HandTask, Order
from orders.words import BY_HAND, Channel, HandTaskKind

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
    by_hand = [(order, text) for order, text in told if order.shop.channel not in BY_HAND]
    HandTask.objects.bulk_create(
        [_task(order, what, text, cause, now) for order, text in by_hand],
        ignore_conflicts=True,
        batch_size=500,
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


def never_mind(order: Order, what: HandTaskKind, why: str, *, now: datetime) -> None:
    """Nobody has to do it any more: what it was about was taken back. Inside a running act."""
    open_ = HandTask.objects.filter(order=order, kind=what.value, done_at__isnull=True)
    open_.update(done_at=now, done_by_name=current_act().actor_name, done_why=why)
