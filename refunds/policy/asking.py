"""Asking for a refund (SOP 1.2.c, 1.3.c, 1.5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from core.money import ZERO
from core.verdict import Say, Verdict, ask, no, yes
from core.workdays import CHINA
from orders.policy import GONE, IN_WAREHOUSE, OrderFacts
from orders.stopping import pullable
from orders.words import BY_HAND, Gateway
from refunds.policy.groups import CHARGED_TOO_MUCH, R, S
from refunds.policy.promises import Window
from refunds.words import (
    Fault,
    RefundKind,
    RefundState,
    ToldReason,
    TrueReason,
)


def on_platform(channel: str, gateway: str) -> bool:
    """Is it the customer who applies, on the platform that keeps the money (1.5, reading)?"""
    return gateway == Gateway.PLATFORM and channel not in BY_HAND


def unshipped(order: OrderFacts) -> bool:
    """Paid and not gone, or what the warehouse may still pull (SOP 1.2.b, 1.2.c)?"""
    return order.state in IN_WAREHOUSE | {S.PAID} or pullable(order)


def gone(order: OrderFacts) -> bool:
    """Has it left the house for good (SOP 1.5.c)?"""
    return order.state in GONE and not pullable(order)


def may_open(order: OrderFacts) -> Verdict:
    """May a refund of this order be asked for at all (SOP 1.2.c, 1.5)?"""
    if order.merged:
        return no("2.b", f"这单合并到 {order.merged} 去了。", instead="到那一单上申请退款。")
    if order.state is S.UNPAID and order.paid == ZERO:
        return no("1.2.e", "还没有付款，没有钱可以退。", Say("refund.unpaid"), "直接关闭订单。")
    if order.paid == ZERO:
        return no("5.g", "买家还没有付过款，没有钱可以退。")
    if order.refund_reserved >= order.paid:
        return no("1.5.f", "买家付的钱都在退，或者已经退完了。", instead="看下面的退款。")
    if order.is_top_up and order.tied and order.state is not S.COMPLETED:
        return no("1.1.f", "补差价已经关联到主订单。", instead="先到主订单取消关联，再退。")
    if gone(order):
        text = "已经发货：先定是谁的责任，写清楚再申请；退差价、退运费不用定。"
        return yes("1.5.c", text, Say("refund.fault"))
    return yes("1.2.c", "写明退什么、为什么；没到开窗时间的先记下，到点提醒。")


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for: `amount` of `left` yuan; `fault` only where it is settled.

    `applied`: by the buyer, on the platform; then we decide about the fault in review.
    """

    kind: RefundKind
    amount: Decimal
    left: Decimal
    true: TrueReason
    told: ToldReason
    fault: Fault | None = None
    applied: bool = False


def told_for(true: TrueReason) -> ToldReason:
    """Which reason the customer chooses on the platform for a true one (SOP 1.5.b)."""
    return _TOLD.get(true, ToldReason.OTHER)


_TOLD = {
    TrueReason.UNWANTED: ToldReason.UNWANTED,
    TrueReason.MISTAKE: ToldReason.MISTAKE,
    TrueReason.LATE: ToldReason.LATE,
    TrueReason.QUALITY: ToldReason.QUALITY,
    TrueReason.WRONG_GOODS: ToldReason.WRONG_GOODS,
    TrueReason.DAMAGED: ToldReason.DAMAGED,
    TrueReason.LOST: ToldReason.LOST,
    TrueReason.CHEAPER: ToldReason.DIFFERENCE,
    TrueReason.OVERPAID: ToldReason.DIFFERENCE,
    TrueReason.FREIGHT: ToldReason.DIFFERENCE,
}


def may_ask(order: OrderFacts, asked: Asked) -> Verdict:
    """May this be asked for (SOP 1.5.b, 1.5.c, 1.5.d)?"""
    opened = may_open(order)
    if not opened.allowed:
        return opened
    if asked.amount <= ZERO:
        return no("1.5", "没有选要退什么。", instead="选要退的商品，或者填金额。")
    if asked.amount > asked.left:
        return no(
            "1.5.f",
            f"要退 {asked.amount} 元，买家付的钱里只有 {asked.left} 元可以退。",
            instead="超出买家实付的钱（我们承担的运费、赔偿）不是退款；发货以后在订单上“申请赔付”。",
        )
    if _delists(asked):
        return no(
            "1.5.b",
            f"缺货退款，平台上的原因不能选“{asked.told.label}”。",
            instead="请买家选“其它原因”，不然平台会把商品下架。",
        )
    return _may_ask_kind(order, asked) or opened


def _delists(asked: Asked) -> bool:
    """Would the platform take the product off the shelf? What the buyer chose stands there."""
    return (
        not asked.applied
        and asked.true is TrueReason.STOCK_OUT
        and asked.told is not ToldReason.OTHER
    )


def needs_fault(kind: RefundKind, *, left: bool) -> bool:
    """Is it settled first whose fault it is (SOP 1.5.c)? `left`: the goods have left, or will."""
    return left and kind not in CHARGED_TOO_MUCH


def _may_ask_kind(order: OrderFacts, asked: Asked) -> Verdict | None:
    """What stands in the way of this kind."""
    left = gone(order)
    if needs_fault(asked.kind, left=left) and asked.fault is None and not asked.applied:
        return no(
            "1.5.c", "已经发货的，先定是谁的责任。", Say("refund.fault"), "选好责任方，再提交。"
        )
    if asked.kind is RefundKind.RETURN and not left:
        return no("1.2.c", "还没有发货，没有货要退回来。", instead="选“整单退款”或“退部分商品”。")
    if asked.kind is RefundKind.GOODS and order.lines_unclear:
        return no("5.a", "商品明细还没有确认，分不清每种退多少。", instead="先确认商品明细。")
    return None


def may_split_off(order: OrderFacts) -> Verdict:
    """Some goods are not sent: they are split off first, which needs the parcel here (1.3.c)."""
    if order.state in IN_WAREHOUSE or pullable(order):
        return ask(
            "1.1.e",
            f"仓库已经开始（{order.state.label}），部分商品要先拦下来才能拆开退。",
            instead="请求拦截，拦下后再退这几件；要全退的选“整单退款”，会马上请仓库拦下。",
        )
    return yes("1.3.c", "要退的拆成一单，只挂起那一单，其余的照发。")


@dataclass(frozen=True, slots=True)
class Ruling:
    """Where a refund begins, and what the customer is told."""

    state: RefundState
    verdict: Verdict
    opens_at: datetime | None = None
    warn_at: datetime | None = None
    applies: bool = False


def begin(
    order: OrderFacts,
    when: Window,
    now: datetime,
    *,
    applies: bool,
    applied: bool = False,
) -> Ruling:
    """The verdict by state and window (SOP 1.2.c, 1.5.a, 1.5.c, 1.5.d).

    `applies`: the customer has to apply on the platform; `applied`: that application is here, and
    goes to the queue whatever the window.
    """
    if applied:
        told = yes("1.5", "买家已经在平台上申请，直接送审。")
        return Ruling(R.REVIEW, told, when.opens_at, applies=applies)
    here = R.TO_APPLY if applies else R.REVIEW
    if gone(order):
        text = "请买家在平台上申请，再送审。" if applies else "已经发货，直接送审。"
        return Ruling(here, yes("1.5.c", text), applies=applies)
    if now < when.opens_at:
        reason = f"还没到申请时间，{_spoken(when.opens_at)}开窗；先记下，到点提醒。"
        return Ruling(R.WAITING, yes("1.2.c", reason), when.opens_at, when.warn_at, applies)
    if when.closes_at is not None and now >= when.closes_at:
        return Ruling(here, _closed(when.closes_at), when.opens_at, applies=applies)
    text = "可以申请了，请买家在平台上点申请退款。" if applies else "在申请时间内，直接送审。"
    warn_at = when.warn_at if applies else None
    return Ruling(here, yes("1.5.a", text), when.opens_at, warn_at, applies)


def _closed(at: datetime) -> Verdict:
    return no(
        "1.5.a",
        f"店铺约定{_spoken(at)}以前申请退款，已经过了。",
        Say("refund.closed"),
        "买家还要退的，请负责人放宽店铺的申请时间，或者发货后按退换货处理。",
    )


def _spoken(at: datetime) -> str:
    """11 月 27 日 10:02 of China."""
    local = at.astimezone(CHINA)
    return f" {local.month} 月 {local.day} 日 {local:%H:%M} "
