"""Hand an order to the warehouse, first or not, and take it back (SOP 2.b, 1.1.e)."""

from __future__ import annotations

from core.money import ZERO
from core.verdict import Verdict, ask, no, yes
from orders.policy.facts import GONE, IN_WAREHOUSE, OrderFacts, S


def may_release(order: OrderFacts) -> Verdict:
    """Hand a reviewed order to the warehouse (下发仓库, SOP 2.b)."""
    if order.state is not S.PAID:
        return no("2.b", f"订单{order.state.label}，只有已付款的订单可以下发仓库。")
    if order.released:
        return no("2.b", "已经下发仓库了。")
    if order.is_top_up:
        return no("1.1.f", "补差价订单不发货，不用下发。")
    if order.holds:
        kinds = "、".join(dict.fromkeys(hold.kind.label for hold in order.holds))
        return no(
            "2.b",
            f"有未解除的挂起（{kinds}），不能下发。",
            instead="处理完原因，解除挂起后再下发。",
        )
    if order.needs_payment and order.unpaid_rest > ZERO:
        return no("2.b", f"还差 {order.unpaid_rest} 元没付，不能下发。", instead="请买家补齐差价。")
    if order.lines_unclear:
        return no(
            "2.b", "商品明细还没有确认，不能下发。", instead="先补导宝贝明细表，或由人确认明细。"
        )
    if order.doubtful:
        return no(
            "2.b",
            "审单还有没处理的疑点，不能下发。",
            instead="到“审单放行”逐条看过，写明为什么可以放行；信息不对的先改好。",
        )
    return yes("2.b", "已付清、无疑点，可以下发。")


def may_expedite(order: OrderFacts) -> Verdict:
    """Put an order before the others in review and warehouse (加急, SOP 2.c)."""
    if order.state in GONE or order.state is S.CLOSED:
        return no("2.c", f"订单{order.state.label}，加急没有用了。")
    if order.expedited:
        return no("2.c", "已经加急了。")
    return yes("2.c", "仓库会先配、先发这一单。")


def may_unexpedite(order: OrderFacts) -> Verdict:
    """Take it out of the express lane again."""
    if not order.expedited:
        return no("2.c", "这单没有加急。")
    return yes("2.c", "取消后按承诺发货的先后排队。")


def may_take_back(order: OrderFacts) -> Verdict:
    """Take a released order back while nobody has begun it (SOP 1.1.e reading)."""
    if order.state in IN_WAREHOUSE:
        return ask("1.1.e", "仓库已经开始配货，收不回来。", instead="请求拦截，由仓库确认拦下。")
    if order.state is S.PAID and order.released:
        return yes("1.1.e", "仓库还没有开始，可以收回。")
    return no("1.1.e", "订单没有下发，不用收回。")
