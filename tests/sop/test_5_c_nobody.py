"""SOP 5.c: no order is forgotten: what nobody has is a list (没人管)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.acts import Actor
from desk.nobody import forgotten, forgotten_page
from orders.factories import OrderFactory, ShopFactory
from orders.models import Contact, Order
from orders.services.hold import hold_order
from orders.services.note import follow_up, note
from orders.words import HoldKind
from staff.factories import UserFactory
from staff.models import User
from tests.warehouse.parcels import P, parcel_of

pytestmark = pytest.mark.django_db
NOW = timezone.now()
DAYS = NOW - timedelta(days=30)


def lost(user: User, stage: str = "") -> list[Order]:
    return forgotten_page(user, stage, "", NOW).rows


@pytest.mark.parametrize(
    ("stage", "values"),
    [
        ("unpaid", {"state": "unpaid"}),
        ("paid", {}),
        ("released", {"released": True}),
        ("bench", {"state": "picking"}),
        ("bench", {"state": "packed"}),
        ("shipped", {"state": "shipped"}),
    ],
)
def test_each_stage_has_its_limit(agent: User, stage: str, values: dict[str, Any]) -> None:
    old = OrderFactory.create(ordered_at=DAYS, **values)
    OrderFactory.create(ordered_at=NOW - timedelta(hours=5), **values)
    assert lost(agent) == lost(agent, stage) == [old]
    assert lost(agent)[0].stage.key == stage  # type: ignore[attr-defined]
    assert sum(len(part) for part in forgotten(agent, NOW)) == 1
    assert [row for key in ("unpaid", "paid") if key != stage for row in lost(agent, key)] == []


def test_what_somebody_has_is_not_on_it(agent: User, by: Actor) -> None:
    held, followed, by_hand, called = (OrderFactory.create(ordered_at=DAYS) for _ in range(4))
    hold_order(held, HoldKind.CUSTOMER, "再想想", by=by, now=NOW)
    follow_up(followed, NOW.date(), by=by, now=NOW)
    note(by_hand, "写进店铺备注", for_shop=True, by=by, now=NOW)
    Contact.objects.create(
        order=called, channel="telephone", at=NOW, call_again_at=NOW + timedelta(days=1)
    )
    assert lost(agent) == []


def test_what_a_timer_will_move_is_not_on_it(agent: User) -> None:
    OrderFactory.create(state="unpaid", ordered_at=DAYS, close_at=NOW + timedelta(days=1))
    assert lost(agent) == []


def test_what_the_warehouse_moves_is_not_on_it(agent: User) -> None:
    working, stuck = (OrderFactory.create(state="picking", ordered_at=DAYS) for _ in range(2))
    parcel_of(working, P.PICKED, NOW - timedelta(hours=1))
    parcel_of(stuck, P.PICKED, NOW - timedelta(days=2))
    assert lost(agent) == [stuck]


def test_the_limit_is_the_shops(agent: User) -> None:
    slow = ShopFactory.create(code="slow", paid_limit_h=24 * 60)
    quick = ShopFactory.create(code="quick", paid_limit_h=1)
    OrderFactory.create(shop=slow, ordered_at=DAYS)
    late = OrderFactory.create(shop=quick, ordered_at=NOW - timedelta(hours=5))
    assert lost(agent) == [late]


def test_another_shops_order_is_not_on_it() -> None:
    OrderFactory.create(shop=ShopFactory.create(code="jd1"), ordered_at=DAYS)
    ShopFactory.create(code="tb1")
    limited = UserFactory.create(shop_codes=["tb1"])
    assert lost(limited) == []
    assert sum(len(part) for part in forgotten(limited, NOW)) == 0


def test_the_oldest_first_in_a_fixed_number_of_queries(
    agent: User, django_assert_num_queries: Any
) -> None:
    rows = [
        OrderFactory.create(state=state, ordered_at=DAYS + timedelta(hours=at))
        for at, state in enumerate(("shipped", "paid", "picking", "unpaid"))
    ]
    with django_assert_num_queries(13):  # the shops; of six ranges their end and their rows
        assert [(row, row.shop.name) for row in lost(agent)] == [(r, r.shop.name) for r in rows]


def test_the_screen_says_where_it_stands_and_whose_it_is(agent_client: Client) -> None:
    order = OrderFactory.create(state="packed", ordered_at=DAYS)
    html = agent_client.get(reverse("nobody")).content.decode()
    assert order.order_no in html
    assert "仓库" in html
    assert "我来跟进" in html
    assert (
        "没有没人管的订单"
        in agent_client.get(reverse("nobody"), {"stage": "paid"}).content.decode()
    )
    assert agent_client.get(reverse("nobody"), {"page": "x"}).status_code == 302
