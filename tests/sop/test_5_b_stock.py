"""SOP 5.b: stock is reserved for orders, given back, and goes out with them."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.acts import TIMER, Actor, act
from core.verdict import Refused
from orders.factories import OrderFactory, ShopFactory
from orders.services.close import close_order, reopen_order
from orders.services.close_unpaid import close_due
from orders.services.confirm import confirm_lines
from orders.services.pay import reverse_payment
from orders.services.products import Wanted
from orders.services.release import release
from orders.services.stocking import put_back
from orders.words import Terms
from stock.factories import SkuFactory
from stock.models import Movement, Sku
from tests.stock.orders import (
    IDENTIFIED,
    NOW,
    at,
    fresh,
    kept,
    level,
    paid,
    pay,
    ship,
    short,
    swap,
    unpaid,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def sku(db: None) -> Sku:
    return SkuFactory.create(on_hand=5)


def test_the_payment_reserves(sku: Sku) -> None:
    order = unpaid((sku, 2))
    assert level(sku) == (5, 0)
    pay(order)
    assert (level(sku), kept(order), short(order)) == ((5, 2), [2], [])
    told = Movement.objects.filter(sku=sku).latest("id")
    assert (told.get_why_display(), told.ref) == ("预占", order.order_no)


def test_a_shop_may_reserve_with_the_order(sku: Sku, by: Actor) -> None:
    shop = ShopFactory.create(code="res", channel="phone", reserve_on_order=True)
    order = unpaid((sku, 2), shop=shop)
    assert (level(sku), kept(order)) == ((5, 2), [2])
    pay(order)
    assert level(sku) == (5, 2)


def test_before_the_payment_nothing_waits_for_goods(sku: Sku) -> None:
    shop = ShopFactory.create(code="res", reserve_on_order=True)
    order = unpaid((sku, 7), shop=shop)
    assert (kept(order), short(order)) == ([5], [])


@pytest.mark.parametrize("terms", [Terms.COD, Terms.ACCOUNT])
def test_orders_without_payment_reserve_when_they_are_accepted(sku: Sku, terms: Terms) -> None:
    order = OrderFactory.create(lines=[(sku, 3)], terms=terms.value)
    assert kept(order) == [3]


def test_closing_frees_and_reopening_reserves_again(sku: Sku, by: Actor) -> None:
    order = OrderFactory.create(lines=[(sku, 3)], terms="cod")
    close_order(order, "买家不想要了", by=by, now=NOW, contact=IDENTIFIED)
    assert (level(sku), kept(order)) == ((5, 0), [0])
    reopen_order(fresh(order), by=by, now=at(1))
    assert (level(sku), kept(order)) == ((5, 3), [3])


def test_the_limit_frees_what_was_reserved_with_the_order(sku: Sku) -> None:
    shop = ShopFactory.create(code="res", reserve_on_order=True)
    orders = [unpaid((sku, 1), shop=shop, close_at=NOW) for _ in range(3)]
    assert level(sku) == (5, 3)
    close_due(at(1))
    assert level(sku) == (5, 0)
    assert {fresh(order).state for order in orders} == {"closed"}


def test_a_payment_that_finance_takes_back_frees(sku: Sku, by: Actor) -> None:
    order = paid((sku, 2))
    reverse_payment(order, order.payments.get(), "没有到账", by=by, now=at(1))
    assert (level(sku), kept(order)) == ((5, 0), [0])


def test_a_swap_moves_the_reservation(sku: Sku) -> None:
    other = SkuFactory.create(on_hand=4)
    order = paid((sku, 2))
    swap(order, other, 3)
    assert (level(sku), level(other), kept(order)) == ((5, 0), (4, 3), [3])


def test_another_quantity_moves_the_difference_alone(sku: Sku) -> None:
    order = paid((sku, 2))
    swap(order, None, 3)
    swap(fresh(order), None, 1)
    assert (level(sku), kept(order)) == ((5, 1), [1])
    told = Movement.objects.filter(sku=sku).order_by("id").values_list("why", "reserved")
    assert list(told)[1:] == [("reserved", 2), ("reserved", 3), ("freed", 1)]


def test_confirmed_goods_are_reserved(sku: Sku, by: Actor) -> None:
    order = OrderFactory.create(lines=[(sku, 1)], lines_unclear="分不清")
    assert kept(order) == [0]
    line = order.lines.get()
    confirm_lines(order, [Wanted(line.pk, None, 2)], by=by, now=NOW)
    assert kept(order) == [2]


def test_what_ships_leaves_the_shelf(sku: Sku) -> None:
    order = paid((sku, 2))
    ship(order)
    assert (level(sku), kept(order)) == ((3, 0), [0])
    assert Movement.objects.latest("id").get_why_display() == "发货出库"


def test_a_parcel_that_is_pulled_back_lies_on_the_shelf_again(sku: Sku) -> None:
    order = paid((sku, 2))
    ship(order)
    with act("confirm_stop", order, by=TIMER, now=at(10)) as (row, _):
        row.recall()
        put_back(row, at(10))
    assert (level(sku), kept(order)) == ((5, 2), [2])
    assert Movement.objects.latest("id").get_why_display() == "退货入库"


def test_what_was_packed_without_a_reservation_leaves_the_shelf_too(sku: Sku, by: Actor) -> None:
    order = paid((sku, 7))
    assert kept(order) == [5]
    ship(order)  # somebody lifted the hold: two more were found
    assert level(sku) == (0, 0)


def test_goods_without_stock_and_differences_in_price_need_nothing(sku: Sku) -> None:
    top_up = SkuFactory.create(is_top_up=True, on_hand=0)
    unkept = SkuFactory.create(on_hand=None)
    order = paid((sku, 1), (top_up, 9), (unkept, 4))
    assert (kept(order), short(order)) == ([1, 0, 0], [])


def test_a_top_up_order_reserves_nothing(sku: Sku) -> None:
    assert kept(OrderFactory.create(lines=[(sku, 1)], is_top_up=True)) == [0]


def test_a_short_order_cannot_be_released(sku: Sku, by: Actor) -> None:
    order = paid((sku, 6))
    with pytest.raises(Refused, match="缺货"):
        release(order, by=TIMER, now=at(1))


def test_reserving_costs_the_same_for_one_line_and_for_ten(by: Actor) -> None:
    def asked(lines: int) -> int:
        order = unpaid(*((SkuFactory.create(), 1) for _ in range(lines)))
        with CaptureQueriesContext(connection) as queries:
            pay(order)
        return len(queries)

    assert asked(1) == asked(10)
