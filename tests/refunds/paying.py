"""Refunds that were approved, with the gateway that pays them back behind them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from core.acts import Actor
from core.messages import deliver_due
from core.models import WAITING, OutboxMessage
from orders.models import Trade
from orders.words import Gateway
from refunds.models import Refund
from refunds.services.decide import approve_refund
from refunds.services.timers import send_approved
from refunds.words import RefundKind, TrueReason
from staff.factories import UserFactory
from staff.models import User
from tests.connectors.money import TRADES
from tests.refunds.asking import ask, goods, paid_order, wanted

GATEWAYS = {"alipay": Gateway.ALIPAY, "wechatpay": Gateway.WECHAT, "bank": Gateway.BANK}


@dataclass
class Case:
    """A refund in review of an order of 100 yuan, and who decides."""

    refund: Refund
    lead: User = field(default_factory=lambda: UserFactory.create(role="supervisor"))

    @classmethod
    def of(cls, by: Actor, system: str, amount: str = "", **values: Any) -> Case:
        """Paid by this gateway; a part of it only where an amount is given."""
        now = timezone.now()
        order = paid_order(30, now=now, lines=[(goods("100.00"), 1)], **values)
        trade = Trade.objects.filter(payments__order=order)
        trade.update(gateway=GATEWAYS[system].value, number=TRADES.get(system, f"B{order.pk}"))
        part = wanted(RefundKind.DIFFERENCE, TrueReason.CHEAPER, extra=Decimal(amount or 0))
        return cls(ask(order, by, part if amount else wanted(), now=now))

    def approve(self) -> Case:
        """Approved a minute ago, and handed over."""
        before = timezone.now() - timedelta(minutes=1)
        by = Actor.person(self.lead)
        approve_refund(self.refund.order, self.refund, role=self.lead.role, by=by, now=before)
        send_approved(timezone.now())
        return self

    @property
    def row(self) -> Refund:
        return Refund.objects.select_related("order__shop", "trade").get(pk=self.refund.pk)

    @property
    def state(self) -> str:
        return str(self.row.state)


def deliver() -> None:
    """Deliver once what waits, also what waits for a while."""
    OutboxMessage.objects.filter(state__in=WAITING).update(not_before=timezone.now())
    deliver_due()
