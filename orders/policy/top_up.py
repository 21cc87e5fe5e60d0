"""Tie a top-up order to the order that it tops up (SOP 1.1.f)."""

from __future__ import annotations

from core.money import ZERO
from core.verdict import Say, Verdict, ask, no, yes
from orders.policy.facts import GONE, IN_WAREHOUSE, OrderFacts, S
from orders.words import HoldKind


def of_the_same(same: bool, order_no: str) -> Verdict | None:
    """A stranger's order is not tied by a slip of the pen; None where it is the customer's."""
    if same:
        return None
    why = f"{order_no} 的账号和手机都跟这一单对不上，可能是别人的订单。"
    return no("1.1.b", why, instead="核对单号；确实是同一个人，勾上“核对过”再关联。")


def may_tie_top_up(main: OrderFacts, top_up: OrderFacts, *, same: bool) -> Verdict:
    """Tie a top-up order to the order it tops up (SOP 1.1.f). `same`: of one customer, surely."""
    if not top_up.is_top_up:
        return no("1.1.f", f"{top_up.order_no} 不是补差价订单。")
    if top_up.tied:
        return no("1.1.f", f"{top_up.order_no} 已经关联到别的订单了。")
    if top_up.state in (S.CLOSED, S.UNPAID):
        return no(
            "1.1.f",
            f"补差价订单{top_up.state.label}，还不能关联。",
            instead="请买家先付款。",
        )
    if main.is_top_up or main.order_no == top_up.order_no:
        return no("1.1.f", "补差价订单不能关联到另一个补差价订单。")
    if main.state in GONE or main.state is S.CLOSED:
        return no(
            "1.1.f", f"主订单{main.state.label}，不能再补差价。", instead="多收的款要退回买家。"
        )
    if main.state is S.UNPAID:
        return no("1.1.f", "主订单还没有付款，不用补差价。", instead="请买家先付主订单。")
    taken = may_take_top_up(main)
    return (of_the_same(same, top_up.order_no) or taken) if taken.allowed else taken


def may_take_top_up(order: OrderFacts) -> Verdict:
    """Does the order wait for a top-up that can be tied to it (SOP 1.1.f)?"""
    if any(hold.kind is HoldKind.TOP_UP for hold in order.holds):
        return yes("1.1.f", "买家付了补差价订单后，在这里关联。", Say("top_up.tied"))
    instead = "先改好商品，差价会挂起等补；付多了的，到补差价订单上退款。"
    return no("1.1.f", "这单没有在等补差价。", instead=instead)


def may_untie_top_up(order: OrderFacts) -> Verdict:
    """Take a tied top-up away from its main order again."""
    if order.topped_up == ZERO:
        return no("1.1.f", "这单没有关联补差价订单。")
    if order.state is S.CLOSED:
        return yes("1.1.f", "主订单没有发货就关闭了：取消关联后，到补差价订单上申请退款。")
    if order.state in GONE:
        return no("1.1.f", f"订单{order.state.label}，补差价已经用上了，不能取消关联。")
    if order.state in IN_WAREHOUSE:
        return ask("1.1.e", "仓库已经开始配货，不能取消关联。", instead="先请求拦截，拦下后再改。")
    return yes("1.1.f", "取消后差价重新变成未付，会挂起等补差价。已下发的会同时收回。")
