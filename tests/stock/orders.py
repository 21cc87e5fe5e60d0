"""Orders that want goods, and what is kept for them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from core.acts import TIMER, act, act_on
from orders.factories import OrderFactory
from orders.models import Hold, Order
from orders.policy import Contacted
from orders.services.pay import Paid, mark_paid
from orders.services.products import Wanted, modify_products
from orders.services.serving import serve_marked
from orders.services.stocking import consume_goods
from orders.words import Gateway, IdentityKey
from stock.models import Sku, StockLevel
from stock.services.ledger import change
from stock.words import MovementKind

NOW = datetime(2026, 11, 25, 4, tzinfo=UTC)
IDENTIFIED = Contacted("qq", frozenset({IdentityKey.MOBILE, IdentityKey.ORDER_NO}))


def at(minutes: int) -> datetime:
    return NOW + timedelta(minutes=minutes)


def unpaid(*lines: tuple[Sku, int], **values: object) -> Order:
    return OrderFactory.create(state="unpaid", lines=list(lines), **values)


def paid(*lines: tuple[Sku, int], minutes: int = 0) -> Order:
    """An order that was paid so many minutes after noon."""
    return pay(unpaid(*lines), minutes)


def pay(order: Order, minutes: int = 0) -> Order:
    mark_paid(order, Paid(f"T{order.pk}", order.due, Gateway.BANK), by=TIMER, now=at(minutes))
    return fresh(order)


def swap(order: Order, sku: Sku | None, quantity: int, minutes: int = 1) -> None:
    """Make the order's first line one of this SKU and quantity."""
    line = order.lines.all()[0]
    want = Wanted(line.pk, sku, quantity)
    modify_products(order, [want], by=TIMER, now=at(minutes))


def come(sku: Sku, pieces: int, minutes: int = 5) -> None:
    """Goods come in (or go, where negative); nobody has looked who waits for them."""
    rows: list[Order] = []
    with act_on("receive_goods", rows, by=TIMER, now=at(minutes)):
        change(sku.pk, on_hand=pieces, why=MovementKind.RECEIVED, ref="R1", now=at(minutes))


def arrive(sku: Sku, pieces: int, minutes: int = 5) -> None:
    """Goods come in, and the sweep gives them to those who wait."""
    come(sku, pieces, minutes)
    serve_marked(at(minutes))


def ship(order: Order, minutes: int = 9) -> None:
    """Our warehouse ships it."""
    with act("ship", order, by=TIMER, now=at(minutes)) as (row, _):
        if row.state == "paid":
            row.begin()
            row.pack()
        row.ship(at(minutes))
        consume_goods(row, at(minutes))


def fresh(order: Order) -> Order:
    return Order.objects.select_related("shop").get(pk=order.pk)


def kept(order: Order) -> list[int]:
    """How much is kept for each line."""
    return list(order.lines.values_list("reserved", flat=True))


def short(order: Order) -> list[str]:
    """What the open stock-out holds of an order say."""
    holds = Hold.objects.filter(order=order, kind="stock_out", state="open").order_by("id")
    return [hold.reason for hold in holds]


def level(sku: Sku) -> tuple[int, int]:
    """On hand, reserved."""
    row = StockLevel.objects.get(pk=sku.pk)
    return row.on_hand, row.reserved
