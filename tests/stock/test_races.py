"""Many want the last pieces at once: exactly as many are sold as there are (failure modes 8)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db.models import Sum

from core.acts import TIMER, act
from orders.factories import OrderFactory
from orders.models import Order, OrderLine
from orders.services.stocking import reserve_goods
from stock.factories import SkuFactory
from stock.models import Movement, Sku, StockLevel
from stock.services import ledger
from tests.core.threads import in_threads
from tests.stock.orders import NOW

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.postgres,
    pytest.mark.soak,
]
PIECES, AT_ONCE = 50, 20


@pytest.fixture
def sku(db: None) -> Sku:
    return SkuFactory.create(on_hand=PIECES)


def wanting(sku: Sku, number: int) -> list[Order]:
    with OrderFactory.act():
        return [
            OrderFactory.create(state="unpaid", buyer=None, lines=[(sku, 1)]) for _ in range(number)
        ]


def race(orders: list[Order]) -> None:
    """Each is paid by a worker of its own."""
    coming: Iterator[Order] = iter(orders)

    def work() -> None:
        with act("mark_paid", next(coming), by=TIMER, now=NOW) as (order, _):
            order.pay(NOW)
            reserve_goods(order, NOW)

    for _ in range(len(orders) // AT_ONCE):
        in_threads(AT_ONCE, work)


def sold() -> int:
    return OrderLine.objects.aggregate(sold=Sum("reserved"))["sold"] or 0


def test_two_hundred_racing_for_fifty_buy_fifty(sku: Sku) -> None:
    race(wanting(sku, 200))
    assert sold() == PIECES
    assert StockLevel.objects.get(pk=sku.pk).available == 0
    assert OrderLine.objects.filter(short_since__isnull=False).count() == 150
    assert Movement.objects.filter(sku=sku, why="reserved").count() == PIECES


def test_without_the_lock_more_would_be_sold(sku: Sku, monkeypatch: Any) -> None:
    """The control: the same race finds the mistake that the lock prevents."""

    def unlocked(sku_ids: Any) -> dict[int, StockLevel]:
        return StockLevel.objects.in_bulk(list(sku_ids))

    monkeypatch.setattr(ledger, "lock_levels", unlocked)
    race(wanting(sku, 80))
    assert sold() > PIECES
    OrderLine.objects.update(reserved=0)
    Movement.objects.all().delete()
    StockLevel.objects.all().delete()
