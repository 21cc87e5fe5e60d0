"""What can be done with an order: act, verdict, address (architecture §1)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from core.verdict import Verdict, yes
from orders import parting, policy, reminding, stopping
from orders.models import Order, Payment, ReviewHit
from orders.policy import GONE, Group, OrderFacts
from orders.review import MENDS, may_call, may_pass_review
from orders.words import Gateway, OrderState, ReviewCode
from staff.matrix import may


@dataclass(frozen=True, slots=True)
class Offer:
    """One button: greyed with the policy's reason when refused."""

    verb: str
    label: str
    url: str
    verdict: Verdict
    key: str = ""
    main: bool = False
    page: bool = False  # leads to a page, not to a form that fits into a dialog


Rule = Callable[[OrderFacts], Verdict]
_ACTS: list[tuple[str, str, str, Rule]] = [
    ("release", "下发仓库", "r", policy.may_release),
    ("take_back", "收回", "r", policy.may_take_back),
    ("pass_review", "审单放行", "v", may_pass_review),
    ("ask_buyer", "转待联系", "", lambda o: may_call(o) if o.doubtful else may_pass_review(o)),
    ("ask_stop", "请求拦截", "i", stopping.may_ask_stop),
    ("ask_carrier", "联系快递", "", stopping.may_ask_carrier),
    ("settle_difference", "核对平台的修改", "", policy.may_settle_difference),
    ("confirm_lines", "确认商品明细", "", policy.may_confirm_lines),
    ("modify_receiving", "修改收货信息", "a", lambda o: policy.may_modify(o, Group.RECEIVING)),
    ("modify_products", "修改商品", "p", policy.may_swap),
    ("modify_delivery", "修改配送", "d", lambda o: policy.may_modify(o, Group.DELIVERY)),
    ("mark_paid", "登记付款", "", policy.may_mark_paid),
    ("close_order", "关闭订单", "x", policy.may_close_state),
    ("reopen_order", "重新打开", "", policy.may_reopen),
    ("remind_now", "马上催付", "u", reminding.may_remind),
    ("stop_reminding", "停止催付", "", reminding.may_stop_reminding),
    ("resume_reminding", "恢复催付", "", reminding.may_resume_reminding),
    ("expedite", "加急", "", policy.may_expedite),
    ("unexpedite", "取消加急", "", policy.may_unexpedite),
    ("agree_ship_by", "约定发货", "", policy.may_agree_ship_by),
    ("split_order", "拆单", "s", parting.may_split),
    ("merge_orders", "合单", "m", parting.may_merge),
    ("unmerge_orders", "撤销合单", "", parting.may_show_unmerge),
    ("hold", "挂起", "h", policy.may_hold),
    ("tie_top_up", "关联补差价", "", policy.may_take_top_up),
    ("untie_top_up", "取消关联补差价", "", policy.may_untie_top_up),
    ("reverse_payment", "冲正付款", "", policy.may_reverse_payment),
    ("note", "备注", "n", lambda o: yes("1.2.d")),
    ("follow_up", "跟进日期", "", lambda o: yes("1.3.a")),
]
# Shown only when they can be done: the opposite of another button, or for special cases.
_ONLY_WHEN_ALLOWED = frozenset(
    {
        *("take_back", "reopen_order", "mark_paid", "reverse_payment", "tie_top_up"),
        *("untie_top_up", "confirm_lines", "settle_difference"),
        *("expedite", "unexpedite", "agree_ship_by", "unmerge_orders"),
        *("stop_reminding", "resume_reminding", "ask_carrier"),
        *("pass_review", "ask_buyer"),
    }
)


def offers(
    order: Order, facts: OrderFacts, payments: Sequence[Payment], user: Any, accented: str = ""
) -> list[Offer]:
    """The buttons this person has on the order; `accented` is the situation's act."""
    found = []
    by_hand = any(paid.trade.gateway != Gateway.PLATFORM for paid in payments if not paid.reversed)
    for verb, label, key, rule in _ACTS:
        if not may(user, verb) or (verb == "reverse_payment" and not by_hand):
            continue
        verdict = rule(facts)
        if not verdict.allowed and (verb in _ONLY_WHEN_ALLOWED or _opposite(verb, facts)):
            continue
        url = reverse(verb.replace("_", "-"), args=[order.order_no])
        found.append(Offer(verb, label, url, verdict, key, verb == accented))
    return found


def mends(
    order: Order, hits: Iterable[ReviewHit], facts: OrderFacts, user: Any
) -> dict[str, Offer]:
    """By code of a hit the act that helps, where this person may and can do it now (SOP 2.b)."""
    rules = {verb: (label, key, rule) for verb, label, key, rule in _ACTS}
    found = {}
    for hit in hits:
        verb = MENDS.get(ReviewCode(hit.code), "")
        if verb and may(user, verb):
            label, key, rule = rules[verb]
            verdict = rule(facts)
            if verdict.allowed:
                url = reverse(verb.replace("_", "-"), args=[order.order_no])
                found[hit.code] = Offer(verb, label, url, verdict, key)
    return found


def ways_on(order: Order, user: Any, but: str = "") -> list[Offer]:
    """What leads on from an act that cannot be done: the intercept, the carrier (SOP 1.1.e)."""
    facts, found = order.facts(), []
    for verb, label, key, rule in _ACTS:
        if verb in ("ask_stop", "ask_carrier") and verb != but and may(user, verb):
            verdict = rule(facts)
            if verdict.allowed:
                url = reverse(verb.replace("_", "-"), args=[order.order_no])
                found.append(Offer(verb, label, url, verdict, key, True))
    return found


def _opposite(verb: str, facts: OrderFacts) -> bool:
    """A closed order shows “reopen”, a released one “take back”, not both of a pair.

    What has left is not released any more either: that button would say nothing new.
    """
    if verb == "release":
        return facts.released or facts.is_top_up or facts.state in GONE | {OrderState.CLOSED}
    if verb == "ask_stop":
        return not stopping.stoppable(facts)
    if verb in ("split_order", "merge_orders"):
        return facts.is_top_up or facts.state in GONE | {OrderState.UNPAID, OrderState.CLOSED}
    if verb == "remind_now":
        return facts.state is not OrderState.UNPAID
    return verb == "close_order" and facts.state == "closed"
