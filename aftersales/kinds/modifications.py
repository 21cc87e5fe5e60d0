"""A modification that waits for an intercept or the carrier (修改等结果, SOP 1.1.e, 3.b). Pure."""

from __future__ import annotations

from aftersales.kinds.kind import Kind, Rule, Step
from aftersales.policy import CaseFacts, may_refuse
from aftersales.words import CaseKind, WaitsFor
from core.verdict import Verdict, no, yes
from orders.policy import GONE, IN_WAREHOUSE, OrderFacts
from orders.stopping import asked, pullable
from orders.words import OrderState

W = WaitsFor
# The warehouse could not stop it: it has still to leave, or has left.
TOO_LATE = frozenset({W.SHIPPING, W.DECISION})


def may_open(order: OrderFacts) -> Verdict:
    """Must somebody be waited for before it can be changed (SOP 1.1.c, 1.1.e, 3.b)?"""
    if order.state is OrderState.CLOSED or order.is_top_up:
        return no("1.1.d", "没有要发的货，没有要拦的。", instead="到主订单，或者重拍的订单上改。")
    if order.state is OrderState.PAID and order.released:
        return no("1.1.e", "仓库还没有开始，不用等。", instead="点“收回”，改好再下发。")
    if order.state in (OrderState.UNPAID, OrderState.PAID):
        return no("1.1.e", "还没有下发仓库，不用拦。", instead="直接修改就可以。")
    if asked(order):
        return no("1.1.e", "已经请求拦截了，正在等仓库回答。", instead="仓库回答以后再改。")
    if order.state in IN_WAREHOUSE or pullable(order):
        return yes("1.1.e", "先请仓库拦下；拦下以后改，改好重新下发。来不及的，请快递改址或追回。")
    return _on_its_way(order)


def _on_its_way(order: OrderFacts) -> Verdict:
    if order.state is OrderState.SHIPPED:
        return yes("3.b", "快递已经拿走，我们改不了：请快递改地址、电话，或者追回，等快递答复。")
    return no("1.1.c", f"订单{order.state.label}，不能再改。", instead="退换货按 1.4 处理。")


def may_edit(case: CaseFacts) -> Verdict | None:
    """Stopped: now it is changed like any order that is not released (SOP 1.1.e)."""
    if case.waits_for is not W.WORK or case.ended:
        return None
    return yes("1.1.e", "拦下了，现在可以改；改完点“改好了，重新下发”。")


def may_release_again(case: CaseFacts) -> Verdict | None:
    """What was to be changed is changed: it goes to the warehouse again (SOP 1.1.e)."""
    if case.waits_for is not W.WORK or case.ended:
        return None
    if case.order is None or case.order.state is not OrderState.PAID:
        return no("1.1.e", "订单现在不能下发。", instead="看看订单的状态；不改了就撤回。")
    return yes("1.1.e", "解除拦截的挂起，重新下发；还有别的挂起、疑点的，等那些解决再走。")


def may_turn_to_carrier(case: CaseFacts) -> Verdict | None:
    """It was too late, or the carrier refused: the carrier is asked (again) (SOP 1.2.b, 3.b)."""
    if case.waits_for not in TOO_LATE or case.ended or case.order is None:
        return None
    if case.order.pickup:
        return no("5.e", "买家自己来取，没有快递可以请。", instead="请买家取货时当面看，再退换。")
    if not left(case.order):
        return no("3.b", "包裹还没有交给快递。", instead="等仓库发出以后再请快递改，到时会提醒您。")
    return yes("3.b", "请快递改地址、电话，或者追回。")


def left(order: OrderFacts) -> bool:
    """Has the carrier, or the customer, got it?"""
    return order.state in GONE and not pullable(order)


def may_turn_down(case: CaseFacts) -> Verdict | None:
    """The customer hears that it cannot be changed: once nobody is asked for it any more."""
    if case.ended:
        return None
    if case.waits_for not in TOO_LATE:
        return no("1.1.e", "请求还开着，不能只拒绝。", instead="点“不改了”，拦截和请求一起撤回。")
    return may_refuse(case)


def may_give_up(case: CaseFacts) -> Verdict | None:
    """The customer does not want the change any more; what was asked for is taken back."""
    if case.ended:
        return None
    return yes("1.1.e", "不改了：拦截、给快递的请求一起撤回，订单照原来的发。")


def _edit(verb: str, label: str, rule: Rule = may_edit) -> Step:
    return Step(verb, label, rule, on_order=True)


KIND = Kind(
    CaseKind.MODIFY,
    "1.1.e",
    may_open,
    "open-modification",
    steps=(
        _edit("modify_receiving", "修改收货信息"),
        _edit("modify_delivery", "修改配送"),
        _edit("modify_products", "修改商品"),
        Step("release_again", "改好了，重新下发", may_release_again),
        Step("turn_to_carrier", "请快递改", may_turn_to_carrier),
        Step("give_up_modification", "不改了", may_give_up),
        Step("refuse_case", "拒绝", may_turn_down),
    ),
    says={
        W.STOP: "modification.stop",
        W.WORK: "modification.stopped",
        W.CARRIER: "modification.carrier",
        W.SHIPPING: "modification.not_left",
        W.DECISION: "modification.too_late",
    },
    without=frozenset({"ask_customer", "record_answer", "withdraw_case", "refuse_case"}),
)
