"""Payouts: the open ones, one of them, and what can be done with it."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.urls import reverse

from core.keyset import Page, page
from core.verdict import Verdict
from orders.models import Order
from orders.selectors.offers import Offer
from refunds import beyond
from refunds.models import Payout
from refunds.models.payout import OPEN_PAYOUTS
from refunds.selectors.weighing import limits
from refunds.words import PayoutState
from staff.matrix import may


def open_payouts(user: Any) -> QuerySet[Payout]:
    """What waits for a decision or a transfer, of the person's shops."""
    rows = Payout.objects.filter(state__in=OPEN_PAYOUTS)
    return rows.filter(shop__code__in=user.shop_codes) if user.shop_codes else rows


def payouts_to_pay(user: Any) -> QuerySet[Payout]:
    """What is approved and waits for its transfer, or for the second person; oldest first."""
    return open_payouts(user).filter(state=PayoutState.APPROVED.value).order_by("asked_at", "id")


def payouts_page(user: Any, cursor: str) -> Page[Payout]:
    """Who waits longest first; raises BadCursor."""
    rows = open_payouts(user).select_related("order", "shop")
    return page(rows, ("asked_at", "id"), cursor, mark="payouts")


def get_payout(order: Order, payout_id: int) -> Payout:
    """One of the order's. Raises Http404."""
    found = Payout.objects.select_related("order__shop").filter(order=order, pk=payout_id).first()
    if found is None:
        raise Http404("没有这笔赔付")
    return found


def payout_evidence(payout: Payout, evidence_id: int) -> Any:
    """One file. Raises Http404."""
    found = payout.evidence.filter(pk=evidence_id).first()
    if found is None or not found.path.exists():
        raise Http404("没有这个文件")
    return found


def payout_offers(payout: Payout, user: Any) -> list[Offer]:
    """What can be done with it now; greyed with the reason where it is this person's turn."""
    facts = payout.facts()
    rules: list[tuple[str, str, Verdict]] = []
    if payout.state == "review":
        most = limits()
        agree = beyond.may_agree(facts, user.pk, user.role, most)
        rules = [
            ("approve_payout", beyond.agreeing(facts, user.role, most), agree),
            ("reject_payout", "驳回", beyond.may_refuse(facts, user.pk)),
        ]
    elif payout.state == "approved":
        rules = [
            ("enter_payout", "登记转账", beyond.may_enter(facts)),
            ("confirm_payout", "复核转账", beyond.may_confirm(facts, user.pk)),
        ]
    where = [payout.order.order_no, payout.pk]
    return [
        Offer(verb, label, reverse(verb.replace("_", "-"), args=where), verdict)
        for verb, label, verdict in rules
        if may(user, verb)
    ]
