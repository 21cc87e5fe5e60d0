"""Payments that are entered and taken back by hand (SOP 5.g)."""

from __future__ import annotations

from decimal import Decimal

from core.money import ZERO
from core.verdict import Verdict, ask, no, yes
from orders.policy.facts import IN_WAREHOUSE, OrderFacts, S


def may_mark_paid(order: OrderFacts) -> Verdict:
    """Register a payment by hand (trade number, amount, who)."""
    if order.state is S.UNPAID or (order.state is not S.CLOSED and order.unpaid_rest > ZERO):
        return yes("5.g", f"还应收 {order.unpaid_rest} 元。")
    if order.merged:
        return no("2.b", f"这单合并到 {order.merged} 去了。", instead="款登记到那一单上。")
    if order.state is S.CLOSED and order.closed_from == S.UNPAID and order.paid == ZERO:
        return yes("2.a", "订单已关闭。款真的到了再登记：有货会重新打开，没货就转应退。")
    if order.state is S.CLOSED:
        return no(
            "5.g", "订单已关闭，不能登记付款。", instead="先重新打开订单；不发货的，款要退回。"
        )
    return no("5.g", "这单已经付清了。")


def may_reverse_payment(order: OrderFacts, *, by_hand: bool = True) -> Verdict:
    """Take a registered payment back (screens: mark paid ↔ reversed by finance)."""
    if order.paid == ZERO:
        return no("5.g", "这单没有收款可以冲正。")
    if not by_hand:
        return no(
            "5.g", "平台收的款跟着平台走，不能在这里冲正。", instead="在平台上处理，再导入订单。"
        )
    if order.state is S.CLOSED:
        return no("5.g", "订单已关闭，收款不能冲正。", instead="要退给买家的，走申请退款。")
    if order.is_top_up and order.tied:
        return no("1.1.f", "这张补差价订单已经关联，不能直接冲正。", instead="先到主订单取消关联。")
    if order.state in IN_WAREHOUSE:
        return ask(
            "1.1.e",
            "仓库已经开始配货，冲正会让没付清的货发出去。",
            instead="先请求拦截，仓库拦下后再冲正。",
        )
    return yes("5.g", "只冲正登记错的、或者没有真正到账的收款；退给买家的钱走申请退款。")


def may_reverse_amount(order: OrderFacts, amount: Decimal, reserved: Decimal) -> Verdict:
    """Is this payment free of refunds? `reserved`: of its trade or order, yuan."""
    if reserved > ZERO and order.paid - amount < reserved:
        return no("5.g", "这笔款正在退款或已经退款，不能冲正。", instead="先处理完退款。")
    return yes("5.g")
