"""Modify an order; what an import and a colleague differ in (SOP 1.1, 5.a)."""

from __future__ import annotations

from decimal import Decimal

from core.verdict import Say, Verdict, ask, no, yes
from orders.policy.facts import GONE, IN_WAREHOUSE, Group, OrderFacts, S
from orders.policy.hold import is_of_a_refund


def may_modify(order: OrderFacts, group: Group) -> Verdict:
    """Modify one of the three groups (SOP 1.1.a, 1.1.c, 1.1.d, 1.1.e)."""
    what = {"what": group.label}
    if order.state in GONE:
        return no(
            "1.1.c",
            f"订单{order.state.label}，不能再修改{group.label}。",
            Say("modify.shipped", what),
            "还没有交给快递的，请求拦截，请仓库抽回来；快递拿走了的，请快递改址或追回，"
            "收到后按 1.4 退换货处理。",
        )
    if order.state is S.CLOSED:
        return no(
            "1.1.d",
            f"订单已关闭，不能修改{group.label}。",
            Say("modify.closed", what),
            "要继续的话先重新打开订单，或请买家重拍。",
        )
    if order.state in IN_WAREHOUSE or order.released:
        return ask(
            "1.1.e",
            f"订单已下发仓库（{order.state.label}），不能直接修改{group.label}。",
            Say("modify.released", what),
            "请求拦截：仓库还没开始的马上收回，已开始的由仓库拦下，拦下后再改。",
        )
    if order.is_top_up and group is Group.PRODUCTS:
        return no("1.1.f", "补差价订单只有差价，没有可换的商品。", instead="请到主订单上修改商品。")
    return yes("1.1.d" if order.state is S.UNPAID else "1.1.e", "未发货、未下发仓库，可以修改。")


def may_swap(order: OrderFacts) -> Verdict:
    """Modify products: besides the group's rule, the lines must be known, and no refund be open
    that gives them back (SOP 1.1.f, 1.2.d).
    """
    verdict = may_modify(order, Group.PRODUCTS)
    if verdict.allowed and order.lines_unclear:
        return no(
            "5.a",
            "这单的商品明细还没有确认，不能换货。",
            instead="先补导宝贝明细表，或在商品卡上确认明细。",
        )
    if verdict.allowed and any(is_of_a_refund(hold) for hold in order.holds):
        return no("1.2.d", "这单已经在退款了。", instead="不退了，先撤回那笔退款，再改商品。")
    return verdict


def difference(old: Decimal, new: Decimal, quantity: int = 1) -> Decimal:
    """What a swap costs the buyer more (positive) or less (negative), yuan (SOP 1.1.f)."""
    return (new - old) * quantity


def may_confirm_lines(order: OrderFacts) -> Verdict:
    """Enter what was bought where an import could not tell (SOP 5.a)."""
    if not order.lines_unclear:
        return no("5.a", "这单的商品明细是清楚的，不用确认。")
    verdict = may_modify(order, Group.PRODUCTS)
    if not verdict.allowed:
        return verdict
    return yes("5.a", "照平台订单页上的款式和数量录入；金额按买家实付，不会变。")


# Holds by which an import says: the platform has one value, a colleague typed another.
DIFFERENCES = {
    "import:receiving": Group.RECEIVING,
    "import:lines": Group.PRODUCTS,
}


def may_settle_difference(order: OrderFacts) -> Verdict:
    """Is there a difference between the platform's value and ours to be decided (SOP 5.a)?"""
    if any(hold.cause in DIFFERENCES for hold in order.holds):
        return yes("5.a", "和买家核对后选一边；选好就解除挂起。")
    return no("5.a", "平台和我们的信息没有要核对的地方。")


def may_take_theirs(order: OrderFacts, cause: str) -> Verdict:
    """Taking the platform's value is an edit like any other (SOP 1.1.c, 1.1.e)."""
    if order.parted and DIFFERENCES[cause] is Group.PRODUCTS:
        return no(
            "1.3.d",
            "这单拆过或合过，平台上的商品不全在这一单里，不能照平台的改。",
            instead="选“保留我们的”，要改的到“修改商品”里改。",
        )
    return may_modify(order, DIFFERENCES[cause])
