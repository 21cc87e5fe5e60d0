"""Register a payment by hand (trade number, amount, who), and reverse it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from core.acts import Actor, Change
from core.models import Act
from core.verdict import no
from orders import policy
from orders.models import Order, Payment, Trade
from orders.services.acting import order_act
from orders.words import Gateway, OrderState


@dataclass(frozen=True, slots=True)
class Paid:
    """What came in: yuan, by which gateway, under which number."""

    number: str
    amount: Decimal
    gateway: Gateway
    account: str = ""


def mark_paid(
    order: Order,
    paid: Paid,
    *,
    by: Actor,
    now: datetime,
    seen: int | None = None,
    token: uuid.UUID | None = None,
) -> Act:
    """Register a payment; the order goes on when all that is due is paid (SOP 5.g).

    Raises Refused (also for a trade number that is already registered), Conflict, Repeated.
    """
    with order_act("mark_paid", order, by=by, seen=seen, token=token, now=now) as (order, log):
        policy.may_mark_paid(order.facts()).require()
        if Trade.objects.filter(number=paid.number, gateway=paid.gateway).exists():
            no(
                "5.g",
                f"交易号 {paid.number} 已经登记过了。",
                instead="核对交易号；同一笔款不能登记两次。",
            ).require()
        before = order.paid
        take_payment(order, paid, now)
        if order.state == OrderState.UNPAID and order.facts().unpaid_rest == 0:
            order.pay(now)
        log.changed([Change("实付", str(before), str(order.paid))])
        log.noted(f"登记付款 {paid.amount} 元（{paid.gateway.label}）", clause="5.g")
    return log.act


def take_payment(order: Order, paid: Paid, at: datetime) -> Payment:
    """Write trade and payment and add it up on the order, inside a running act."""
    trade = Trade.objects.create(
        number=paid.number,
        gateway=paid.gateway,
        account=paid.account,
        paid=paid.amount,
        paid_at=at,
    )
    order.paid += paid.amount
    return Payment.objects.create(order=order, trade=trade, amount=paid.amount, at=at)
