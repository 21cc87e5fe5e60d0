"""Exchange before shipping: in place, or a new order (发货前换货, SOP 1.2.d). Pure."""

from __future__ import annotations

from aftersales.kinds.kind import Kind, Step
from aftersales.policy import CaseFacts, of_the_same
from aftersales.words import CaseKind, SwapWay, WaitsFor
from core.money import ZERO
from core.verdict import Say, Verdict, no, yes
from orders.policy import GONE, OrderFacts
from orders.stopping import asked, begun, may_ask_carrier, pullable
from orders.words import HoldKind, OrderState

W = WaitsFor


def may_open(order: OrderFacts) -> Verdict:
    """Paid, and not with the carrier yet (SOP 1.2.b, 1.2.d)?"""
    if order.is_top_up:
        return no("1.2.d", "补差价没有货，不能换。", instead="到主订单上办。")
    if order.state is OrderState.CLOSED:
        return no("1.2.d", "订单已经关闭。", instead="要换的商品请买家重拍。")
    if order.state in GONE and not pullable(order):
        return no(
            "1.2.b",
            f"订单{order.state.label}，货追不回来，不能按发货前换。",
            Say("swap.too_late"),
            "还在路上的请快递追回（联系快递）；收到后按 1.4 换货。",
        )
    if order.state is OrderState.UNPAID:
        return no("1.2.d", "还没有付款，不用换。", instead="直接“修改商品”，或者关闭了重拍。")
    return _paid(order)


def _paid(order: OrderFacts) -> Verdict:
    if order.lines_unclear:
        return no("5.a", "商品明细还没有确认，分不清换哪一件。", instead="先确认商品明细。")
    if any(hold.kind is HoldKind.REFUND for hold in order.holds):
        return no("1.2.d", "这单已经在退款了。", instead="不退了，先撤回那笔退款，再换。")
    if asked(order):
        return no("1.1.e", "已经请求拦截了，正在等仓库回答。", instead="仓库回答以后再换。")
    if begun(order):
        return yes("1.2.d", "仓库已经开始：先请仓库拦下，拦下以后换；来不及的按 1.4 办。")
    return yes("1.2.d", "问清楚换成哪一款、颜色、尺码，讲好差价，再登记。")


def may_swap(order: OrderFacts, way: SwapWay) -> Verdict:
    """May it be exchanged this way, and what then happens (SOP 1.1.f, 1.2.d)?"""
    opened = may_open(order)
    if not opened.allowed:
        return opened
    if way is SwapWay.NEW_ORDER:
        if order.paid <= ZERO:
            return no("1.2.d", "买家没有付过款，没有钱可以退。", instead="选“在原单上换”。")
        return yes("1.2.d", "原单整单退款、马上挂起；买家另拍一单，拍好在售后单上关联。")
    if begun(order):
        return yes("1.2.d", "先请仓库拦下；拦下以后在售后单上换，差价再结。")
    return yes("1.2.d", "马上在原单上换；贵了等买家补差价，便宜了退差价，没有差价就办完了。")


def may_swap_stopped(case: CaseFacts) -> Verdict | None:
    """The warehouse has stopped it: now the goods become the others (SOP 1.2.d)."""
    if case.waits_for is not W.WORK or case.ended:
        return None
    if case.order is None or case.order.state is not OrderState.PAID:
        return no("1.2.d", "订单现在换不了。", instead="看看订单的状态；不换了就撤回。")
    return yes("1.2.d", "拦下了：照讲好的换，结清差价以后重新下发。")


def may_tie(case: CaseFacts) -> Verdict | None:
    """The customer has placed the new order: tied to the old one, with notes on both (1.2.d)."""
    if case.ended:
        return None
    if case.waits_for is W.NEW_ORDER:
        return yes("1.2.d", "填买家重拍的订单号；两张订单上都会写备注。")
    if case.waits_for is W.REFUND and case.linked:
        return yes("1.2.d", "关联错了可以换一单。")
    return None


def may_be_new(old: OrderFacts, new: OrderFacts, *, same: bool) -> Verdict:
    """Can this order be the one that was placed instead (SOP 1.2.d)?"""
    if new.order_no == old.order_no:
        return no("1.2.d", "这就是原订单。", instead="填买家重拍的那一单。")
    if new.is_top_up:
        return no("1.2.d", f"{new.order_no} 是补差价订单。", instead="到原单上“关联补差价”。")
    if new.state is OrderState.CLOSED:
        return no("1.2.d", f"{new.order_no} 已经关闭了。", instead="核对单号，或者请买家再拍。")
    return of_the_same(same, new.order_no) or yes("1.2.d", "可以关联。")


def may_call_back(case: CaseFacts) -> Verdict | None:
    """It was too late: the carrier may still bring it back (SOP 1.2.b, 3.b)."""
    if case.waits_for is not W.DECISION or case.ended or case.order is None:
        return None
    return may_ask_carrier(case.order)


def may_finish(case: CaseFacts) -> Verdict | None:
    """The money did not go back by itself, or it left too soon: a person says that it is done."""
    if case.waits_for is not W.DECISION or case.ended:
        return None
    if case.money:
        return no("1.5", "退款还没有结果。", instead="在退款上看怎么回事；不退了先撤回。")
    return yes("1.2.d", "看过了，不用再做什么：写明怎么了结的，结束。")


def may_take_top_up(case: CaseFacts) -> Verdict | None:
    """The difference was paid by a top-up order: tied to the order, and it goes on (1.1.f)."""
    if case.ended or case.waits_for is not W.TOP_UP or not _to_be_paid(case):
        return None
    return yes("1.1.f", "买家付了补差价，在订单上关联；关联好自己往下走。")


def may_give_up(case: CaseFacts) -> Verdict | None:
    """The customer keeps what was ordered: all goes back to how it was (SOP 1.2.d)."""
    if case.ended or case.waits_for not in (W.STOP, W.WORK, W.TOP_UP, W.NEW_ORDER):
        return None
    if case.money:
        return no("1.5", "退款已经申请了。", instead="先撤回退款，再点“不换了”。")
    if case.waits_for is W.TOP_UP and not _to_be_paid(case):
        return no("1.1.f", "差价已经付了，换好了。", instead="等一下就会办完；又要换的另外登记。")
    return yes("1.2.d", "不换了：商品改回去，请求的拦截撤回，订单照原来的发。")


def _to_be_paid(case: CaseFacts) -> bool:
    return case.order is not None and case.order.unpaid_rest > ZERO


KIND = Kind(
    CaseKind.SWAP,
    "1.2.d",
    may_open,
    "open-swap",
    steps=(
        Step("swap_stopped", "换商品，重新下发", may_swap_stopped),
        Step("tie_new_order", "关联重拍的新单", may_tie),
        Step("ask_carrier", "联系快递", may_call_back, on_order=True),
        Step("tie_top_up", "关联补差价", may_take_top_up, on_order=True),
        Step("finish_swap", "了结", may_finish),
        Step("give_up_swap", "不换了", may_give_up),
    ),
    says={
        W.STOP: "swap.stop",
        W.WORK: "swap.stopped",
        W.TOP_UP: "swap.top_up",
        W.NEW_ORDER: "swap.new_order",
        W.REFUND: "swap.refund",
        W.DECISION: "swap.too_late",
    },
    without=frozenset({"ask_customer", "record_answer", "withdraw_case", "refuse_case"}),
)
