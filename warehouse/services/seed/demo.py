"""The demo's parcels on their way: timelines, troubles, a question to a carrier, a refusal."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from core.acts import TIMER
from orders.models import Order
from orders.services.acting import order_act
from orders.services.seed.demo.stage import Stage
from orders.words import OrderState
from warehouse.models import Dispatch, Enquiry, Tracking, Trouble
from warehouse.services.carriers import save_carrier
from warehouse.services.dispatch import tell_numbers, was_refused
from warehouse.services.enquiries import answer_carrier, ask_carrier
from warehouse.services.news import Line, take_news
from warehouse.services.troubles import claim_trouble
from warehouse.words import EnquiryKind, EnquiryState, TrackSource, TrackState

T = TrackState
TERMS = {"SF": (5, 36), "YTO": (3, 48), "ZTO": (3, 48), "STO": (3, 72)}
WAY = (
    (T.COLLECTED, "杭州市", "【杭州余杭】快件已被揽收"),
    (T.MOVING, "杭州市", "【杭州转运中心】快件已发出，下一站 {city}"),
    (T.MOVING, "{city}", "【{city}转运中心】快件已到达"),
    (T.DELIVERING, "{city}", "【{city}】快递员正在派件，请保持电话畅通"),
)
SIGNED = (T.SIGNED, "{city}", "【{city}】快件已签收，签收人：本人")
BAD = (
    (T.REFUSED, "{city}", "【{city}】收件人拒收，快件暂存网点"),
    (T.PROBLEM, "{city}", "【{city}】收件人地址不详，电话无人接听"),
)


def play(stage: Stage) -> None:
    """After the orders: what their parcels do."""
    rng = Random("way")
    for carrier, (keep_days, quiet_h) in TERMS.items():
        values = {"keep_days": keep_days, "quiet_h": quiet_h, "phone": "95338"}
        save_carrier(carrier, values, by=stage.by("owner"), now=stage.ago(days=50))
    moving = _sent(OrderState.SHIPPED)
    for place, order in enumerate(moving):
        _follow(stage, order, BAD[place - 3] if place in (3, 4) else None, rng)
    for order in _sent(OrderState.RECEIVED):
        _follow(stage, order, SIGNED, rng)
    _ask(stage, moving[6:8])
    _refuse(stage, moving)
    claimed = Trouble.objects.get(order=moving[4], done_at__isnull=True)
    claim_trouble(moving[4], claimed, by=stage.by("aftersales"), now=stage.ago(minutes=20))


def _sent(state: OrderState) -> list[Order]:
    orders = Order.objects.filter(state=state.value).exclude(waybill="").exclude(shipped_at=None)
    return list(orders.select_related("shop", "buyer").order_by("id"))


def _follow(
    stage: Stage, order: Order, end: tuple[TrackState, str, str] | None, rng: Random
) -> None:
    """Its way until now, one line after the other; the last lies a few hours back."""
    since = order.shipped_at or stage.now
    until = order.received_at or stage.ago(hours=rng.uniform(1, 9))
    count = len(WAY) if end else rng.randint(1, len(WAY))
    steps = [*WAY[:count], *([end] if end else [])]
    lines = [
        _line(step, order, since + (max(until, since) - since) * (place + 1) / len(steps))
        for place, step in enumerate(steps)
    ]
    Tracking.objects.create(
        order=order,
        carrier=order.carrier,
        waybill=order.waybill,
        made_at=since,
        subscribed=TrackSource.KUAIDI100.value,
    )
    take_news(
        order.carrier, order.waybill, steps[-1][0], lines, TrackSource.KUAIDI100, now=stage.now
    )


def _line(step: tuple[TrackState, str, str], order: Order, at: datetime) -> Line:
    state, place, text = step
    city = order.city or order.province
    return Line(at, text.format(city=city), place.format(city=city), state.value)


def _ask(stage: Stage, orders: list[Order]) -> None:
    """One question is late, one was answered."""
    by, logistics = stage.by("agent"), stage.by("logistics")
    for hours, order in enumerate(orders, start=1):
        ask_carrier(
            order,
            EnquiryKind.WHERE if hours == 1 else EnquiryKind.URGE,
            "买家催得急，请查一下卡在哪里",
            stage.now + timedelta(hours=4 * (hours - 1) - 1),
            by=by,
            now=stage.ago(hours=10),
        )
    answered = Enquiry.objects.select_related("order__shop").latest("id")
    answer_carrier(
        answered.order,
        answered,
        EnquiryState.DONE,
        "今天下午派送，快递员会先打电话",
        by=logistics,
        now=stage.ago(hours=2),
    )


def _refuse(stage: Stage, orders: list[Order]) -> None:
    """One waybill that the platform did not take, and one that somebody types in by hand."""
    taobao = next(order for order in orders if order.shop.code == "taobao")
    now = stage.ago(hours=1)
    with order_act("tell_platform", taobao, by=TIMER, now=now) as (order, log):
        row = Dispatch.objects.create(
            order=order,
            platform_no=order.platform_no,
            carrier=order.carrier,
            waybill=order.waybill,
            at=now,
        )
        log.noted("告诉平台发货", clause="2.h")
    why = "淘宝：运单号不符合规则，或者已经用过（isv.logistics-offline-service-error:B60）"
    was_refused(row, why, row.topic_key, now=now)
    by_hand = next(order for order in orders if order.shop.code in ("jd", "pdd", "douyin"))
    with order_act("tell_platform", by_hand, by=TIMER, now=now) as (order, log):
        tell_numbers(order, now)
        log.noted("转成手工事项：平台发货", clause="2.h")
