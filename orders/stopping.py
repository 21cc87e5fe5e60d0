"""May the warehouse be asked to stop a parcel (拦截, SOP 1.1.e, 1.2.b)? Pure, like `policy`.

Between release and shipping an edit goes through an intercept; what is marked shipped but not
handed over yet may still be pulled. What the carrier has is the carrier's to call back.
"""

from __future__ import annotations

from typing import Protocol

from core.verdict import Say, Verdict, no, yes
from orders.policy import GONE, IN_WAREHOUSE, HoldFact, OrderFacts
from orders.words import HoldKind, OrderState, Stop

S = OrderState


def pullable(order: OrderFacts) -> bool:
    """Marked shipped by our warehouse, and the carrier does not have it yet (SOP 1.2.b)?"""
    return order.state is S.SHIPPED and order.released and not order.handed_over


def begun(order: OrderFacts) -> bool:
    """Does the warehouse have it in its hands?"""
    return order.state in IN_WAREHOUSE or pullable(order)


def stoppable(order: OrderFacts) -> bool:
    """Is it worth a button? What nobody has begun is taken back (收回) by its own."""
    return order.state in IN_WAREHOUSE | {S.SHIPPED}


def asked(order: OrderFacts) -> bool:
    """Does the warehouse owe an answer?"""
    return any(hold.stop is Stop.ASKED for hold in order.holds)


def may_ask_stop(order: OrderFacts) -> Verdict:
    """Ask the warehouse to stop the parcel (请求拦截, SOP 1.1.e, 1.2.b)."""
    if any(h.stop is Stop.ASKED and h.kind is HoldKind.INTERCEPT for h in order.holds):
        return no(
            "1.1.e",
            "已经请求拦截了，正在等仓库回答。",
            Say("now.intercept"),
            "在拦截看板上看进度；不要拦了就撤回。",
        )
    if order.state in IN_WAREHOUSE:
        return yes(
            "1.1.e",
            f"仓库已经开始（{order.state.label}）：请求后这个包裹马上停下，由仓库确认拦下或来不及。",
            Say("now.intercept"),
        )
    if order.state is S.PAID and order.released:
        return yes("1.1.e", "仓库还没有开始：马上收回，不用等。", Say("stop.at_once"))
    if pullable(order):
        return yes(
            "1.2.b",
            "标了发货、还没有交给快递：仓库还可以抽回来。",
            Say("now.intercept"),
        )
    return _nothing_to_stop(order)


def _nothing_to_stop(order: OrderFacts) -> Verdict:
    if order.state in GONE:
        return no(
            "1.1.c",
            f"订单{order.state.label}，快递已经拿走了，仓库拦不回来。",
            Say("stop.gone"),
            "点“联系快递”，请快递公司追回或改址；收到后按 1.4 退换货处理。",
        )
    if order.state is S.CLOSED:
        return no("1.1.e", "订单已关闭，不会再发货，没有可以拦的。")
    return no(
        "1.1.e",
        f"订单{order.state.label}，没有下发仓库，不用拦截。",
        instead="直接修改或挂起就可以。",
    )


def may_withdraw_stop(hold: HoldFact, *, is_open: bool = True) -> Verdict:
    """Take the request back while the warehouse has not answered (screens: request ↔ withdraw)."""
    if not is_open or hold.stop is not Stop.ASKED:
        return no(
            "1.1.e", "这次拦截已经有结果了，不能撤回。", instead="看看现在的结果，再决定下一步。"
        )
    if hold.kind is not HoldKind.INTERCEPT:
        return no(
            "1.1.e",
            f"这次拦截是“{hold.kind.label}”要求的，不能在这里撤回。",
            instead=f"撤回那件事，或者由能解除“{hold.kind.label}”的人解除挂起。",
        )
    return yes("1.1.e", "撤回以后，仓库接着发这个包裹。")


def may_answer(order: OrderFacts, hold: HoldFact, *, is_open: bool = True) -> Verdict:
    """Does this hold still wait for the warehouse's answer?"""
    if not is_open or hold.stop is not Stop.ASKED:
        return no(
            "1.1.e",
            f"这次拦截不用再回答了（{hold.stop.label}）。",
            instead="看板上剩下的才是要拦的。",
        )
    return yes("1.1.e", "等仓库回答：拦下，或者来不及。")


def may_confirm_stop(order: OrderFacts, hold: HoldFact, *, is_open: bool = True) -> Verdict:
    """Say that the parcel is stopped and the goods are back (拦下, SOP 1.1.e, 1.2.b)."""
    waits = may_answer(order, hold, is_open=is_open)
    if not waits.allowed:
        return waits
    if order.handed_over or not begun(order):
        return no(
            "1.2.b",
            f"订单{order.state.label}，包裹已经不在仓库了，拦不下来。",
            instead="回答“来不及”。",
        )
    return yes("1.1.e", "货放回货架，底单和运单作废，订单回到已付款。")


def may_ask_carrier(order: OrderFacts) -> Verdict:
    """Ask the carrier: where it is, to turn back, another address (联系快递, SOP 3.b, 6.a)."""
    if pullable(order):
        return no("1.2.b", "还没有交给快递。", instead="请求拦截，请仓库抽回来。")
    if order.state in GONE:
        return yes("3.b", "查件、催件、追回、改地址，或者要签收底单。", Say("stop.carrier"))
    return no("3.b", f"订单{order.state.label}，没有在路上的包裹。")


class AnswerRule(Protocol):
    """A rule for one of the warehouse's answers."""

    def __call__(self, order: OrderFacts, hold: HoldFact, *, is_open: bool = True) -> Verdict: ...
