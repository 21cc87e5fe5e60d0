"""SOP 1.3: what is short is held, told, and ends by itself when goods come; the oldest first."""

from __future__ import annotations

import pytest
from django.test import Client

from core.acts import Actor
from core.models import Act
from orders.factories import OrderFactory
from orders.models import Hold
from orders.services.close import close_order
from orders.services.hold import hold_order, lift_hold
from orders.services.serving import serve_marked
from orders.words import HoldKind
from staff.models import User
from stock.factories import SkuFactory
from stock.models import Sku, StockLevel
from tests.stock.orders import (
    IDENTIFIED,
    arrive,
    at,
    come,
    fresh,
    kept,
    level,
    paid,
    short,
    swap,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def sku(db: None) -> Sku:
    return SkuFactory.create(on_hand=2, style_no="A1023", name="亚麻衬衫")


def test_a_short_line_holds_its_order_and_says_what_is_missing(sku: Sku) -> None:
    order = paid((sku, 3))
    assert short(order) == ["A1023 亚麻衬衫 藏青 · L 缺 1 件（要 3 件，已占 2 件）"]
    hold = Hold.objects.get(order=order)
    assert hold.cause == str(order.lines.get().pk)
    assert level(sku) == (2, 2)


def test_each_short_line_has_a_hold_of_its_own(sku: Sku) -> None:
    other = SkuFactory.create(on_hand=0)
    order = paid((sku, 3), (other, 1), (SkuFactory.create(), 1))
    assert len(short(order)) == 2


def test_goods_that_come_lift_the_oldest_first(sku: Sku) -> None:
    first, second, third = (paid((sku, 2), minutes=m) for m in range(3))
    assert [kept(o) for o in (first, second, third)] == [[2], [0], [0]]
    arrive(sku, 3)
    assert [kept(o) for o in (second, third)] == [[2], [1]]
    assert short(second) == []
    assert short(third) == ["A1023 亚麻衬衫 藏青 · L 缺 1 件（要 2 件，已占 1 件）"]
    lifted = Hold.objects.get(order=second)
    assert (lifted.state, lifted.lifted_why) == ("lifted", "货齐了")
    act = Act.objects.filter(order_no=second.order_no).latest("at")
    assert (act.verb, act.actor_kind, act.summary) == ("goods_arrived", "timer", "到货，缺的货齐了")


def test_with_the_goods_the_doubt_of_the_review_is_gone(sku: Sku) -> None:
    order = paid((sku, 3))
    assert [hit.code for hit in order.hits.filter(state="open")] == ["stock"]
    arrive(sku, 1)
    assert not order.hits.filter(state="open").exists()


def test_who_comes_later_takes_nothing_from_those_who_wait(sku: Sku) -> None:
    old = paid((sku, 4))
    come(sku, 3)  # nobody has looked yet
    new = paid((sku, 2), minutes=6)
    assert (kept(old), kept(new)) == ([2], [1])
    serve_marked(at(7))
    assert (kept(old), kept(new)) == ([4], [1])


def test_what_a_closed_order_gives_back_goes_to_the_oldest(sku: Sku, by: Actor) -> None:
    rich = paid((sku, 2))
    waiting = paid((sku, 1), minutes=1)
    swap(rich, SkuFactory.create(), 1, minutes=2)
    serve_marked(at(3))
    assert (kept(waiting), short(waiting)) == ([1], [])


def test_a_swap_of_what_is_short_ends_the_hold(sku: Sku) -> None:
    order = paid((sku, 3))
    swap(order, SkuFactory.create(), 3)
    assert (kept(order), short(order), level(sku)) == ([3], [], (2, 0))


def test_less_of_it_ends_the_hold_too(sku: Sku) -> None:
    order = paid((sku, 3))
    swap(order, None, 2)
    assert (kept(order), short(order)) == ([2], [])


def test_waiting_for_goods_ends_when_all_are_there(sku: Sku, by: Actor) -> None:
    """Goes on by itself when they arrive (reading of 1.3.d)."""
    other = SkuFactory.create(on_hand=0)
    order = paid((sku, 3), (other, 1))
    hold_order(order, HoldKind.GOODS, "买家同意等货", by=by, now=at(1))
    arrive(sku, 1)
    assert {h.kind for h in order.holds.filter(state="open")} == {"stock_out", "goods"}
    arrive(other, 1, minutes=6)
    assert not order.holds.filter(state="open").exists()


def test_a_customer_who_considers_is_not_overruled_by_goods(sku: Sku, by: Actor) -> None:
    order = paid((sku, 3))
    hold_order(order, HoldKind.CUSTOMER, "买家考虑换款", by=by, now=at(1))
    arrive(sku, 1)
    assert [h.kind for h in order.holds.filter(state="open")] == ["customer"]


def test_a_hold_lifted_by_hand_stays_lifted(sku: Sku, by: Actor) -> None:
    order = paid((sku, 3))
    hold = Hold.objects.get(order=order)
    lift_hold(order, hold, "先发两件", by=by, role="aftersales", now=at(1))
    swap(fresh(order), None, 4, minutes=2)
    assert short(order) == []
    arrive(sku, 2)
    assert kept(order) == [4]


def test_an_order_that_closes_waits_no_more(sku: Sku, by: Actor) -> None:
    order = OrderFactory.create(lines=[(sku, 3)], terms="cod")
    close_order(order, "不要了", by=by, now=at(1), contact=IDENTIFIED)
    assert (kept(order), short(order)) == ([0], [])
    arrive(sku, 5)
    assert kept(order) == [0]


def test_nothing_is_left_marked_and_nobody_is_served_twice(sku: Sku) -> None:
    order = paid((sku, 3))
    arrive(sku, 1)
    assert not StockLevel.objects.filter(freed_at__isnull=False).exists()
    assert serve_marked(at(6)) == 0
    assert Act.objects.filter(order_no=order.order_no, verb="goods_arrived").count() == 1


def test_the_order_page_and_the_queue_say_what_is_missing(
    sku: Sku, client: Client, agent: User
) -> None:
    order = paid((sku, 3))
    client.force_login(agent)
    page = client.get(f"/orders/{order.order_no}").content.decode()
    assert "缺 1 件（要 3 件，已占 2 件）" in page
    found = client.get("/orders?hold=stock_out", follow=True).content.decode()
    assert f"/orders/{order.order_no}" in found
