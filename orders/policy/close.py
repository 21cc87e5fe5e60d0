"""Close an unpaid order, open it again, and the identity check (SOP 0, 1.2.e)."""

from __future__ import annotations

from core.money import ZERO
from core.verdict import Say, Verdict, ask, no, yes
from orders.policy.facts import GONE, IN_WAREHOUSE, OrderFacts, S
from orders.words import IdentityKey


def may_close(order: OrderFacts, identity: frozenset[IdentityKey]) -> Verdict:
    """Close an unpaid order after the identity check (SOP 1.2.e)."""
    unpaid = may_close_state(order)
    return unpaid if not unpaid.allowed else identified(identity, "1.2.e")


def may_close_state(order: OrderFacts) -> Verdict:
    """Is the order in a state from which an agent closes it at once (SOP 1.2.e)?"""
    if order.state is S.UNPAID and order.paid + order.topped_up == ZERO:
        return yes(
            "1.2.e",
            "未付款，核对身份后马上可以关闭。平台的订单在平台上也会关，那以后不能重新打开。",
            Say("close.done"),
        )
    if order.state is S.CLOSED:
        return no("1.2.e", "订单已经关闭了。")
    if order.state in GONE:
        return no(
            "1.2.b",
            f"订单{order.state.label}，不能关闭。",
            Say("close.shipped"),
            "按 1.4 退换货处理。",
        )
    if order.own_goods:
        return no("7.e", "里面是买家自己的货，修好了要寄回给买家。")
    if _nothing_paid(order):
        return _close_without_payment(order)
    return no(
        "1.2.c", "订单已付款，不能直接关闭。", Say("close.paid"), "请走申请退款：付款24小时后申请。"
    )


def _nothing_paid(order: OrderFacts) -> bool:
    """Cash on delivery and on account (SOP 5.g), or made for another order (1.2.d)."""
    if not order.needs_payment:
        return order.paid == ZERO
    return order.ours and order.total_paid == ZERO


def _close_without_payment(order: OrderFacts) -> Verdict:
    """As long as the warehouse does not have it (SOP 5.g, 1.1.e)."""
    if order.released or order.state in IN_WAREHOUSE:
        return ask(
            "1.1.e",
            f"订单已下发仓库（{order.state.label}），不能直接关闭。",
            instead="先收回下发；仓库已开始配货的，请求拦截，拦下后再关闭。",
        )
    what = "为售后开的单" if order.needs_payment else order.terms.label
    return yes("1.2.e", f"{what}，还没有收款，核对身份后可以关闭。", Say("close.done"))


def identified(identity: frozenset[IdentityKey], clause: str) -> Verdict:
    """Identity check: at least two keys agree (SOP 0, 1.1.b)."""
    if len(identity) >= 2:
        return yes(clause, "已核对：" + "、".join(sorted(key.label for key in identity)))
    return no(
        clause,
        "身份没有核对完：订单号、账号、收货人、手机至少要有两项一致。",
        Say("identity.ask"),
        "请买家再报一项，一致后勾上。",
    )


# What only the customer may ask for, and a colleague may mend unasked: it is warned of (SOP 1.1.b).
CHANGES = frozenset({"modify_receiving", "modify_delivery", "modify_products"})


def unidentified(verb: str, identity: frozenset[IdentityKey]) -> Verdict | None:
    """Why this change should wait for another key, and the sentence that asks for it (SOP 0)."""
    found = identified(identity, "1.1.b")
    return None if verb not in CHANGES or found.allowed else found


def may_reopen(order: OrderFacts, *, by_hand: bool = True, since: tuple[str, ...] = ()) -> Verdict:
    """Reopen a closed order while nothing else happened (screens: close ↔ reopen while unpaid).

    `by_hand`: a colleague closed it, not the platform. `since`: what happened after the closing.
    """
    if order.state is not S.CLOSED:
        return no("1.2.e", "订单没有关闭。")
    if order.merged:
        return no("2.b", f"这单合并到 {order.merged} 去了。", instead="要分开，到那一单撤销合单。")
    if order.ours and order.closed_from == S.PAID and order.needs_payment:
        return no(
            "1.2.d", "这单是为售后开的，售后单已经另作打算。", instead="还要寄，在售后单上再寄。"
        )
    unpaid = order.closed_from == S.UNPAID or not order.needs_payment
    if not unpaid or order.paid > ZERO:
        return no("1.2.e", "这单不是未付款时关闭的，不能重新打开。", instead="请买家重拍。")
    if not by_hand:
        return no("1.2.e", "这单是平台关闭的，不能在这里重新打开。", instead="请买家重拍。")
    if since:
        return no(
            "1.2.e",
            f"关闭以后又发生了：{'、'.join(since)}，不能重新打开。",
            instead="请买家重拍，或登记一张新订单。",
        )
    return yes("1.2.e", "关闭后没有发生别的事，可以重新打开。", Say("reopen.done"))
