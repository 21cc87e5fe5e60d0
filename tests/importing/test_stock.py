"""What imports do to stock: paid orders keep goods, what left elsewhere takes nothing (SOP 5.b)."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orders.models import Hold, Order, OrderLine
from stock.factories import SkuFactory
from stock.models import Movement, Sku
from tests.formats.files import taobao, taobao_items
from tests.importing.conftest import Load, the_order
from tests.importing.test_again import CLOSED, SHIPPED, UNPAID
from tests.stock.orders import arrive, kept, level, short

pytestmark = pytest.mark.django_db
CODE = "YO-PAN-20"


@pytest.fixture
def pan(db: None) -> Sku:
    return SkuFactory.create(code=CODE, style_no="PAN", colour="银色", size="20厘米", on_hand=2)


def bought(load: Load, cells: dict[str, str] | None = None, number: int = 1) -> list[Order]:
    """So many orders of one pan each, in one file."""
    rows = [cells or {} for _ in range(number)]
    load(taobao(*rows), taobao_items(*({} for _ in range(number))))
    return list(Order.objects.order_by("id"))


def test_a_paid_order_keeps_its_goods(load: Load, pan: Sku) -> None:
    (order,) = bought(load)
    assert (kept(order), level(pan)) == ([1], (2, 1))
    told = Movement.objects.latest("id")
    assert (told.why, told.ref) == ("reserved", order.order_no)


def test_of_a_file_the_first_orders_get_what_is_there(load: Load, pan: Sku) -> None:
    orders = bought(load, number=4)
    assert [kept(order) for order in orders] == [[1], [1], [0], [0]]
    assert level(pan) == (2, 2)
    assert [len(short(order)) for order in orders] == [0, 0, 1, 1]
    hold = Hold.objects.filter(order=orders[2]).get()
    assert (hold.call_at, hold.worth) == (hold.opened_at, orders[2].due), "to be called, SOP 1.3.a"
    arrive(pan, 1)
    assert [kept(order) for order in orders] == [[1], [1], [1], [0]]


def test_an_unpaid_order_keeps_nothing_until_it_is_paid(load: Load, pan: Sku) -> None:
    (order,) = bought(load, UNPAID)
    assert level(pan) == (2, 0)
    bought(load)
    assert (kept(order), level(pan)) == ([1], (2, 1))


def test_what_comes_in_shipped_takes_nothing_from_us(load: Load, pan: Sku) -> None:
    bought(load, SHIPPED)
    assert level(pan) == (2, 0)


def test_what_we_kept_for_an_order_that_was_shipped_there_is_gone(load: Load, pan: Sku) -> None:
    bought(load)
    bought(load, SHIPPED)
    assert (kept(the_order()), level(pan)) == ([0], (1, 0))


def test_what_the_platform_closed_gives_its_goods_back(load: Load, pan: Sku) -> None:
    bought(load)
    bought(load, CLOSED)
    assert (kept(the_order()), level(pan)) == ([0], (2, 0))


def test_closed_while_it_waits_its_hold_ends(load: Load, pan: Sku) -> None:
    orders = bought(load, number=3)
    assert short(orders[2])
    bought(load, CLOSED, 3)
    assert short(orders[2]) == []
    assert not OrderLine.objects.filter(short_since__isnull=False).exists()


def test_reserving_for_a_file_costs_the_same_for_two_orders_and_for_forty(
    load: Load, pan: Sku
) -> None:
    def of_stock(number: int, first: int) -> int:
        rows = [{"订单编号": f"{first + n}"} for n in range(number)]
        with CaptureQueriesContext(connection) as asked:
            load(taobao(*rows), taobao_items(*rows))
        return sum("stock_" in query["sql"] for query in asked.captured_queries)

    arrive(pan, 100)
    assert of_stock(2, 5_000_000) == of_stock(40, 6_000_000)
