"""Which orders could go in one parcel: the same buyer's, to the same place (SOP 2.b)."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orders.factories import BuyerFactory, OrderFactory, ShopFactory
from orders.models import Buyer, Order
from orders.selectors.mergeable import could_merge, mergeable

pytestmark = pytest.mark.django_db
MOBILE = "13800138000"


@pytest.fixture
def buyer() -> Buyer:
    return BuyerFactory.create()


@pytest.fixture
def order(buyer: Buyer) -> Order:
    return OrderFactory.create(buyer=buyer, mobile=MOBILE)


def test_the_same_buyers_orders_to_the_same_place_are_found(order: Order, buyer: Buyer) -> None:
    other = OrderFactory.create(buyer=buyer, mobile=MOBILE)
    assert could_merge(order) == [other]
    assert could_merge(other) == [order]


@pytest.mark.parametrize(
    "different",
    [
        {"mobile": "13900139000"},
        {"consignee": "陈建国"},
        {"street": "莲花路1号"},
        {"district": "南山区"},
        {"state": "unpaid"},
        {"state": "shipped"},
        {"state": "closed"},
        {"released": True},
        {"is_top_up": True},
        {"terms": "cod"},
    ],
    ids=str,
)
def test_another_place_person_or_stage_is_not(
    order: Order, buyer: Buyer, different: dict[str, Any]
) -> None:
    OrderFactory.create(**{"buyer": buyer, "mobile": MOBILE} | different)
    assert could_merge(order) == []


def test_another_shop_or_another_buyer_is_not(order: Order, buyer: Buyer) -> None:
    OrderFactory.create(buyer=buyer, mobile=MOBILE, shop=ShopFactory.create(code="tb2"))
    OrderFactory.create(buyer=BuyerFactory.create(), mobile=MOBILE)
    assert could_merge(order) == []


def test_without_an_account_the_place_decides_unless_the_platform_masked_it(buyer: Buyer) -> None:
    clear = [OrderFactory.create(buyer=None, mobile=MOBILE) for _ in range(2)]
    assert could_merge(clear[0]) == [clear[1]]
    masked = {"consignee": "陈**", "mobile": "138****8000", "street": "****", "masked": True}
    strangers = [OrderFactory.create(buyer=None, **masked) for _ in range(2)]
    assert could_merge(strangers[0]) == []
    theirs = [OrderFactory.create(buyer=buyer, **masked) for _ in range(2)]
    assert could_merge(theirs[0]) == [theirs[1]]


def test_nothing_is_found_without_a_receiver() -> None:
    orders = [OrderFactory.create(buyer=None, consignee="", mobile=MOBILE) for _ in range(2)]
    assert not mergeable(orders[0]).exists()


def test_it_is_one_range_of_its_own_index(order: Order) -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
            # As good for three rows.
            cursor.execute("DROP INDEX order_unreleased, order_ship_by, order_state_at")
    with CaptureQueriesContext(connection) as asked:
        could_merge(order)
    plan = mergeable(order).order_by("ordered_at", "id")[:20].explain()
    assert "order_mergeable" in plan, plan
    assert len(asked) <= 1
