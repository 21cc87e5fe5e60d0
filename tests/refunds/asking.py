"""Orders that are paid, and refunds asked of them."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from core.acts import Actor
from core.workdays import CHINA
from orders.factories import OrderFactory, ShopFactory
from orders.models import Hold, Order, Payment, Shop, Trade
from orders.words import Gateway
from refunds import policy
from refunds.models import Refund
from refunds.services.ask import request_refund
from refunds.services.draft import Wanted
from refunds.words import RefundKind, TrueReason
from stock.factories import SkuFactory
from stock.models import Sku

WED = datetime(2026, 11, 25, 15, 0, tzinfo=CHINA)  # a Wednesday
K, T = RefundKind, TrueReason


def own_shop() -> Shop:
    """Where our row is the application."""
    return ShopFactory.create(code="own1", name="自有商城", channel="own")


def goods(price: str = "60.00", on_hand: int = 50) -> Sku:
    return SkuFactory.create(price=Decimal(price), on_hand=on_hand)


def paid_order(hours: float = 2, now: datetime = WED, **values: Any) -> Order:
    """Paid so many hours before `now`; with two lines unless said otherwise."""
    at = now - timedelta(hours=hours)
    if values.get("shop") is None:
        values["shop"] = ShopFactory.create()
    values.setdefault("lines", [(goods(), 1), (goods("40.00"), 2)])
    about = {"paid_at": at, "ordered_at": at - timedelta(minutes=5)} | values
    return OrderFactory.create(**about)


def by_alipay(order: Order) -> Order:
    """As if it had been paid by Alipay, to us."""
    Trade.objects.filter(payments__order=order).update(gateway=Gateway.ALIPAY.value)
    return order


def second_payment(order: Order, amount: str) -> Payment:
    """A further trade paid for it, too much by so many yuan."""
    value = Decimal(amount)
    with OrderFactory.act():
        trade = Trade.objects.create(
            number=f"B{order.pk}", gateway=Gateway.BANK.value, paid=value, paid_at=WED
        )
        order.paid += value
        order.save()
        payment: Payment = Payment.objects.create(order=order, trade=trade, amount=value, at=WED)
    return payment


def wanted(kind: RefundKind = K.WHOLE, true: TrueReason = T.UNWANTED, **more: Any) -> Wanted:
    return Wanted(kind, true, more.pop("told", policy.told_for(true)), **more)


def ask(order: Order, by: Actor, want: Wanted | None = None, now: datetime = WED) -> Refund:
    """Ask for a refund; the newest of what was made."""
    request_refund(order, want or wanted(), by=by, now=now)
    return Refund.objects.select_related("order__shop", "trade").latest("id")


def hold_of(refund: Refund) -> Hold | None:
    """Its open hold."""
    return Hold.objects.filter(cause=refund.number, state="open").first()


def again(row: Any) -> Any:
    """The row as it stands now."""
    return type(row).objects.get(pk=row.pk)
