"""The day by which an order leaves, agreed with the customer (SOP 5.h)."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from core.verdict import Say, Verdict, no, yes
from core.workdays import CHINA
from orders.policy.facts import GONE, OrderFacts, S

FURTHEST = timedelta(days=365)  # a later day is a slip of the pen


def may_agree_ship_by(order: OrderFacts) -> Verdict:
    """Agree on another day than the shop's hours give (约定发货, SOP 5.h)."""
    if order.merged:
        return no("5.h", f"这单合并到 {order.merged} 去了。", instead="到那一单上约定。")
    if order.is_top_up:
        return no("5.h", "补差价订单不发货，不用约定。")
    if order.state in GONE or order.state is S.CLOSED:
        return no("5.h", f"订单{order.state.label}，不用再约定发货日期。")
    if order.state is S.UNPAID:
        return no("5.h", "还没有付款，付款后才有发货的承诺。", instead="先请买家付款。")
    return yes("5.h", "跟买家说好哪天以前发出；到那天还没发的会进“超时”。")


def may_agree_on(day: date, today: date) -> Verdict:
    """Is it a day on which something can still leave?"""
    if day < today:
        return no("5.h", "要选今天或以后的日期。")
    if day > today + FURTHEST:
        return no("5.h", "超过一年了，看看年份有没有选错。")
    return yes("5.h")


def agreed_until(day: date) -> datetime:
    """The last minute of the agreed day."""
    return datetime.combine(day, time(23, 59), CHINA)


def agreed(day: date) -> Say:
    """What the customer is told."""
    return Say("promise.agreed", {"by": f"{day.month} 月 {day.day} 日"})
