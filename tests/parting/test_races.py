"""Two agents part one order; a merge meets a release, a reversal, another merge (failure mode 7).

Real threads; whoever is second is refused or told of a conflict, and no cent and no piece is lost.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from threading import Barrier
from typing import Any

import pytest
from django.utils import timezone

from core.acts import Actor, Conflict
from core.money import ZERO
from core.verdict import Refused
from orders.factories import BuyerFactory, OrderFactory
from orders.models import Order, OrderLine, Payment
from orders.services.merge import merge_orders, unmerge_orders
from orders.services.pay import Paid, mark_paid, reverse_payment
from orders.services.release import release
from orders.services.split import Wish, split_order
from orders.words import Gateway
from stock.factories import SkuFactory
from tests.acts.test_twice import at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.soak, pytest.mark.postgres]
NOW = timezone.now()
ONE, TWO = Actor("person", "王芳"), Actor("person", "李雷")


def tried(do: Callable[[], Any]) -> Callable[[], str]:
    """What became of it: done, refused, or a conflict."""

    def run() -> str:
        try:
            do()
        except Refused:
            return "refused"
        except Conflict:
            return "conflict"
        return "done"

    return run


def three(**values: Any) -> list[Order]:
    same = {"buyer": BuyerFactory.create(), "mobile": "13800138000"} | values
    sku = SkuFactory.create(price="50.00")
    return [OrderFactory.create(lines=[(sku, 4)], **same) for _ in range(3)]


def adds_up(pieces: int, due: Decimal) -> None:
    """Goods and money are all there, each order's for itself."""
    orders = list(Order.objects.all())
    assert sum(line.quantity for line in OrderLine.objects.all()) == pieces
    assert sum((order.due for order in orders), ZERO) == due
    for order in orders:
        shares = Payment.objects.filter(order=order, reversed=False)
        assert order.paid == sum((share.amount for share in shares), ZERO)
        assert order.due == sum((line.amount for line in order.lines.all()), ZERO)
        assert order.state != "closed" or order.due == ZERO
        if order.released_at is not None:
            assert order.state == "paid"
            assert order.unpaid_rest == ZERO


def test_two_agents_split_one_order_that_both_saw_whole() -> None:
    order = OrderFactory.create(lines=[(SkuFactory.create(price="50.00"), 4)])
    [line] = order.lines.all()

    def split(by: Actor) -> Callable[[], str]:
        wish = Wish({line.pk: 3})
        return tried(lambda: split_order(order, wish, by=by, now=NOW, seen=order.version))

    assert sorted(at_once(split(ONE), split(TWO))) == ["conflict", "done"]
    adds_up(4, Decimal(200))


def test_two_parts_of_one_number_are_split_at_once() -> None:
    order = OrderFactory.create(lines=[(SkuFactory.create(price="50.00"), 6)])
    [line] = order.lines.all()
    split_order(order, Wish({line.pk: 3}), by=ONE, now=NOW)
    second = Order.objects.get(part=1)

    def split(row: Order, by: Actor) -> Callable[[], str]:
        [own] = row.lines.all()
        return tried(lambda: split_order(row, Wish({own.pk: 1}), by=by, now=NOW))

    assert at_once(split(order, ONE), split(second, TWO)) == ["done", "done"]
    parts = Order.objects.filter(platform_no=order.platform_no).values_list("part", flat=True)
    assert sorted(parts) == [0, 1, 2, 3]
    adds_up(6, Decimal(300))


def test_merged_crosswise_one_way_wins() -> None:
    first, second, third = three()

    def merge(into: Order, *others: Order) -> Callable[[], str]:
        return tried(lambda: merge_orders(into, others, by=ONE, now=NOW))

    found = at_once(merge(first, second, third), merge(second, first), merge(third, second))
    assert "done" in found
    assert set(found) <= {"done", "refused"}
    adds_up(12, Decimal(600))
    for order in Order.objects.exclude(merged_into=None).select_related("merged_into"):
        assert order.merged_into is not None
        assert order.merged_into.state == "paid"


def test_a_merge_meets_a_release() -> None:
    first, second, _ = three()
    found = at_once(
        tried(lambda: merge_orders(first, [second], by=ONE, now=NOW)),
        tried(lambda: release(second, by=TWO, now=NOW)),
    )
    assert sorted(found) == ["done", "refused"]
    second.refresh_from_db()
    assert (second.released_at is None) == (found[0] == "done")
    adds_up(12, Decimal(600))


def test_a_merge_meets_the_reversal_of_a_payment() -> None:
    first, second, _ = three(state="unpaid")
    for number, order in enumerate((first, second)):
        paid = Paid(f"B{number}", Decimal("200.00"), Gateway.BANK)
        mark_paid(order, paid, by=ONE, now=NOW - timedelta(hours=1))
    payment = second.payments.get()
    found = at_once(
        tried(lambda: merge_orders(first, [second], by=ONE, now=NOW)),
        tried(lambda: reverse_payment(second, payment, "退票", by=TWO, now=NOW)),
    )
    assert sorted(found) == ["done", "refused"]
    payment.refresh_from_db()
    second.refresh_from_db()
    merged = found[0] == "done"
    assert payment.reversed != merged
    assert payment.order_id == (first.pk if merged else second.pk)
    assert second.state == ("closed" if merged else "unpaid")


def test_an_undone_merge_meets_a_change() -> None:
    first, second, _ = three()
    merge_orders(first, [second], by=ONE, now=NOW)
    [line] = second.lines.all() or first.lines.filter(came_with=second)
    found = at_once(
        tried(lambda: unmerge_orders(first, by=ONE, now=NOW + timedelta(minutes=1))),
        tried(
            lambda: split_order(first, Wish({line.pk: 1}), by=TWO, now=NOW + timedelta(minutes=1))
        ),
    )
    assert "done" in found
    adds_up(12, Decimal(600))


def test_without_the_lock_both_would_have_split_it() -> None:
    """The control: two that plan on what they saw, and lock nothing, move more than there is."""
    order = OrderFactory.create(lines=[(SkuFactory.create(price="50.00"), 4)])
    both_read = Barrier(2)

    def split() -> None:
        line = OrderLine.objects.get(order=order)
        both_read.wait()
        OrderFactory.create(lines=[(line.sku, 3)])
        OrderLine.objects.filter(pk=line.pk).update(quantity=line.quantity - 3, reserved=0)

    at_once(split, split)
    assert sum(line.quantity for line in OrderLine.objects.all()) == 7  # of four
