"""What can be done about money with an order: the refunds room's buttons (architecture §1)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.urls import reverse

from core.verdict import Say, Verdict, yes
from orders.models import Order
from orders.policy import OrderFacts
from orders.selectors.offers import Offer
from refunds import beyond, deciding, paying, policy
from refunds.models import Refund
from refunds.payees import may_enter_payee
from refunds.selectors.refunds import say_now
from refunds.selectors.weighing import agreed, limits
from refunds.words import RefundState
from staff.matrix import may

_ACTS = (
    ("match_application", "对上平台申请", policy.may_match),
    ("resubmit_refund", "补充后再送审", policy.may_resubmit),
    ("ship_instead", "改为发货", policy.may_ship_instead),
    ("withdraw_refund", "撤回退款", policy.may_withdraw),
    ("add_evidence", "补凭证", policy.may_add_evidence),
)


_MAIN = ("approve_refund", "send_again", "confirm_transfer")


def offers_of_refunds(order: Order, facts: OrderFacts, user: Any) -> list[Offer]:
    """Asking for one; greyed with the reason, such as “not paid: close it”."""
    if not may(user, "request_refund"):
        return []
    url = reverse("request-refund", args=[order.order_no])
    found = [Offer("request_refund", "申请退款", url, policy.may_open(facts), "t")]
    beyond_paid = beyond.may_ask(facts)
    if beyond_paid.allowed and policy.gone(facts):
        url = reverse("request-payout", args=[order.order_no])
        found.append(Offer("request_payout", "申请赔付", url, beyond_paid))
    return found


def refund_that_holds(
    refunds: Sequence[Refund], cause: str, user: Any, now: datetime
) -> tuple[Offer | None, Say | None]:
    """The accented act of an order that a refund holds, and what its buyer may be told.

    What this person can do next: add what is missing, decide, ask the buyer to apply, or look.
    """
    refund = next((row for row in refunds if row.number == cause), None)
    if refund is None or not may(user, "view_refund"):
        return None, None
    url, known = refund.get_absolute_url(), refund.facts(gone=False)
    offer = Offer("view_refund", _next(refund, known, user), url, yes("1.5"), "", True, page=True)
    if refund.state == RefundState.RETURNED and may(user, "resubmit_refund"):
        verdict = policy.may_resubmit(known)
        url = _url("resubmit_refund", refund)
        offer = Offer("resubmit_refund", "补充后再送审", url, verdict, "", True)
    return offer, say_now(refund, now)


def _next(refund: Refund, known: policy.RefundFacts, user: Any) -> str:
    if refund.state == RefundState.TO_APPLY:
        return "提醒买家申请"
    if may(user, "approve_refund") and deciding.may_reject(known, user.pk).allowed:
        return "去审退款"
    return "看退款"


def refund_offers(refund: Refund, facts: OrderFacts, user: Any) -> list[Offer]:
    """What can be done with one refund now; what cannot says nothing new."""
    known = refund.facts(gone=policy.gone(facts))
    return [
        Offer(verb, label, _url(verb, refund), verdict)
        for verb, label, rule in _ACTS
        if may(user, verb) and (verdict := rule(known)).allowed
    ]


def _url(verb: str, refund: Refund) -> str:
    return reverse(verb.replace("_", "-"), args=[refund.order.order_no, refund.pk])


def decision_offers(refund: Refund, facts: OrderFacts, user: Any) -> list[Offer]:
    """Approve, reject, give back: with the reason where greyed; undo while it can be undone."""
    known, by, most = refund.facts(gone=policy.gone(facts)), agreed(refund), limits()
    found: list[Offer] = []
    if refund.state == RefundState.REVIEW:
        found = [
            _decision(
                "approve_refund",
                deciding.approving(refund.amount, user.role, most, by),
                refund,
                deciding.may_approve(known, user.pk, by, user.role, most),
                "a",
            ),
            _decision("reject_refund", "驳回", refund, deciding.may_reject(known, user.pk), "r"),
            _decision(
                "return_refund", "退回补充", refund, deciding.may_return(known, user.pk), "b"
            ),
            _decision("assign_refund", "分派", refund, deciding.may_assign(known), "g"),
        ]
    found += [
        _decision(verb, label, refund, rule, "")
        for verb, label, rule in _of_money(known, user.pk)
        if rule.allowed
    ]
    undo = deciding.may_undo(known, user.pk, by)
    if undo.allowed:
        found.append(_decision("undo_approval", "撤销通过", refund, undo, "u"))
    return [offer for offer in found if may(user, offer.verb)]


def _of_money(known: policy.RefundFacts, who: int) -> list[tuple[str, str, Verdict]]:
    """What finance does with what was handed over."""
    return [
        ("send_again", "再发一次", paying.may_send_again(known)),
        ("pay_by_hand", "改为手工转账", paying.may_pay_by_hand(known)),
        ("enter_payee", "登记收款账户", may_enter_payee(known)),
        ("enter_transfer", "登记转账", paying.may_enter_transfer(known)),
        ("confirm_transfer", "复核转账", paying.may_confirm_transfer(known, who)),
        ("finish_there", "平台已同意", paying.may_finish_there(known)),
        ("give_up_refund", "不再退", paying.may_give_up(known)),
    ]


def _decision(verb: str, label: str, refund: Refund, verdict: Verdict, key: str) -> Offer:
    return Offer(verb, label, _url(verb, refund), verdict, key, verb in _MAIN)
