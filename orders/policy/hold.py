"""Hold an order, and who may let it go on (SOP 1.3.d, 2.b)."""

from __future__ import annotations

from datetime import timedelta

from core.verdict import Verdict, ask, no, yes
from orders.policy.facts import GONE, IN_WAREHOUSE, HoldFact, OrderFacts, S
from orders.words import HoldKind, Stop


def may_hold(order: OrderFacts) -> Verdict:
    """Put a hold on an order (SOP 1.3.d, screens: hold ↔ lift)."""
    if order.state in GONE or order.state is S.CLOSED:
        return no("2.b", f"订单{order.state.label}，挂起没有用了。")
    if order.state in IN_WAREHOUSE:
        return ask(
            "1.1.e", "仓库已经开始配货，直接挂起拦不住。", instead="请求拦截，由仓库确认拦下。"
        )
    return yes("2.b", "挂起后不会下发和发货。" + ("已下发的会同时收回。" if order.released else ""))


# Who may lift which kind of hold: role codes. What ends by itself (top-up paid, goods arrived)
# needs nobody; these are the people who may end it by hand.
LIFTERS: dict[HoldKind, frozenset[str]] = {
    HoldKind.REVIEW: frozenset({"senior", "supervisor", "finance", "owner"}),
    HoldKind.STOCK_OUT: frozenset({"aftersales", "purchasing", "supervisor", "owner"}),
    HoldKind.CUSTOMER: frozenset({"agent", "senior", "aftersales", "supervisor", "owner"}),
    HoldKind.GOODS: frozenset({"aftersales", "purchasing", "supervisor", "owner"}),
    HoldKind.TOP_UP: frozenset({"supervisor", "finance", "owner"}),
    HoldKind.INTERCEPT: frozenset({"supervisor", "owner"}),
    HoldKind.REFUND: frozenset({"supervisor", "finance", "owner"}),
}
CALL = "call"  # the cause of a review hold by which a reviewer wants the buyer to be asked
# Holds that stand in the call list (待联系) by themselves, so long after they were opened.
CALLED = {HoldKind.STOCK_OUT: timedelta(0), HoldKind.CUSTOMER: timedelta(days=1)}
OF_A_REFUND = "-R"  # in the cause of a hold that a refund opened: its number, G…-R1
OF_A_CASE = "-C"  # in the cause of a stop that an after-sales case asked for: G…-C1
BY_HAND_HOLDS = (HoldKind.CUSTOMER, HoldKind.REVIEW, HoldKind.GOODS)


def is_of_a_refund(hold: HoldFact) -> bool:
    """Did a refund open it (not the platform's word, nor somebody by hand)?"""
    return hold.kind is HoldKind.REFUND and OF_A_REFUND in hold.cause


def may_lift(hold: HoldFact, role: str, *, is_open: bool = True) -> Verdict:
    """Lift a hold by hand: who may depends on its kind."""
    if not is_open:
        return no("2.b", f"“{hold.kind.label}”挂起已经解除了。")
    if hold.kind is HoldKind.INTERCEPT and hold.stop is Stop.ASKED:
        return no("1.1.e", "还在等仓库回答，不能直接解除。", instead="不要拦了就撤回拦截。")
    if is_of_a_refund(hold):
        return no(
            "1.5",
            f"这是退款 {hold.cause} 扣住的，不能只解除挂起。",
            instead="不退了就撤回那笔退款，或者改为发货。",
        )
    stopped = hold.kind is HoldKind.INTERCEPT and hold.stop is Stop.STOPPED
    if stopped and OF_A_CASE in hold.cause and role not in LIFTERS[HoldKind.INTERCEPT]:
        return no(
            "1.1.e",
            f"这是售后单 {hold.cause} 请求拦下的，不能只解除挂起。",
            instead="到那个售后单上：改好了重新下发，或者不改了。",
        )
    kind = HoldKind.CUSTOMER if hold.cause == CALL else hold.kind
    if role in LIFTERS[kind] or (stopped and role in LIFTERS[HoldKind.CUSTOMER]):
        return yes("2.b", f"可以解除“{hold.kind.label}”挂起。")
    who = {
        HoldKind.REVIEW: "资深客服、主管或财务",
        HoldKind.TOP_UP: "主管或财务（补差价到账会自动解除）",
        HoldKind.REFUND: "主管或财务",
        HoldKind.INTERCEPT: "主管",
    }.get(hold.kind, "售后、采购或主管")
    return no("2.b", f"“{hold.kind.label}”挂起要由{who}解除。", instead=f"请联系{who}。")
