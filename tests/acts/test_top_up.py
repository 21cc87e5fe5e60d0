"""SOP 1.1.f: a top-up order names the order it tops up; tied and untied by an agent."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone

from core.acts import Actor
from core.models import Act
from core.verdict import Refused
from orders.factories import OrderFactory
from orders.models import Order
from orders.selectors.order import same_buyer
from orders.selectors.top_ups import candidates
from orders.services.pay import reverse_payment
from orders.services.products import Wanted, modify_products
from orders.services.release import release
from orders.services.top_up import tie_top_up, untie_top_up
from staff.models import User
from stock.factories import SkuFactory
from tests.acts.pages import do

NOW = timezone.now()
D = Decimal


@pytest.fixture
def main(by: Actor) -> Order:
    """Swapped to something 30.00 dearer."""
    order = OrderFactory.create(lines=[(SkuFactory.create(price="159.00"), 1)])
    dearer = SkuFactory.create(price="189.00")
    modify_products(order, [Wanted(order.lines.get().pk, dearer, 1)], by=by, now=NOW)
    order.refresh_from_db()
    return order


def top_up_of(order: Order, amount: str, state: str = "paid") -> Order:
    sku = SkuFactory.create(name="补差价", is_top_up=True, price=amount)
    return OrderFactory.create(buyer=order.buyer, lines=[(sku, 1)], is_top_up=True, state=state)


def tie(main: Order, top_up: Order, by: Actor) -> Order:
    tie_top_up(main, top_up, by=by, now=NOW)
    main.refresh_from_db()
    return main


def test_enough_of_it_ends_the_hold_and_the_order_can_go(main: Order, by: Actor) -> None:
    main = tie(main, top_up_of(main, "30.00"), by)
    assert (main.topped_up, main.owed_back) == (D("30.00"), D("0.00"))
    assert not main.holds.filter(state="open").exists()
    release(main, by=by, now=NOW)


def test_too_little_keeps_it_waiting_for_the_rest(main: Order, by: Actor) -> None:
    main = tie(main, top_up_of(main, "20.00"), by)
    assert main.holds.get(state="open").amount == D("10.00")
    main = tie(main, top_up_of(main, "10.00"), by)
    assert not main.holds.filter(state="open").exists()


def test_too_much_is_owed_back(main: Order, by: Actor) -> None:
    assert tie(main, top_up_of(main, "50.00"), by).owed_back == D("20.00")


def test_both_timelines_tell_it_and_the_orders_are_linked(main: Order, by: Actor) -> None:
    top_up = top_up_of(main, "30.00")
    tie(main, top_up, by)
    for order in (main, top_up):
        assert Act.objects.filter(order_no=order.order_no, verb="tie_top_up").count() == 1
    top_up.refresh_from_db()
    assert top_up.top_up_for == main


def test_untied_the_difference_is_open_again(main: Order, by: Actor) -> None:
    top_up = top_up_of(main, "30.00")
    main = tie(main, top_up, by)
    release(main, by=by, now=NOW)
    untie_top_up(main, top_up, "关联错了", by=by, now=NOW)
    main.refresh_from_db()
    top_up.refresh_from_db()
    assert (main.topped_up, main.released_at, top_up.top_up_for) == (D("0.00"), None, None)
    assert main.holds.get(state="open").amount == D("30.00")
    assert not main.links_out.exists()
    main = tie(main, top_up, by)
    assert main.topped_up == D("30.00")


@pytest.mark.parametrize("state", ["unpaid", "closed"])
def test_one_that_is_not_paid_is_refused(main: Order, by: Actor, state: str) -> None:
    with pytest.raises(Refused):
        tie(main, top_up_of(main, "30.00", state), by)


def test_it_is_tied_once(main: Order, by: Actor) -> None:
    top_up = top_up_of(main, "30.00")
    tie(main, top_up, by)
    with pytest.raises(Refused, match="已经关联"):
        tie(OrderFactory.create(buyer=main.buyer), top_up, by)


def test_an_ordinary_order_is_no_top_up_nor_itself(main: Order, by: Actor) -> None:
    with pytest.raises(Refused, match="不是补差价订单"):
        tie(main, OrderFactory.create(), by)
    with pytest.raises(Refused):
        tie(main, main, by)


def test_a_shipped_order_takes_none(by: Actor) -> None:
    order = OrderFactory.create(state="shipped")
    with pytest.raises(Refused, match="不能再补差价"):
        tie(order, top_up_of(order, "30.00"), by)


def test_the_payment_of_a_tied_one_is_not_reversed(main: Order, by: Actor) -> None:
    top_up = top_up_of(main, "30.00")
    tie(main, top_up, by)
    top_up.refresh_from_db()
    with pytest.raises(Refused, match="已经关联"):
        reverse_payment(top_up, top_up.payments.get(), "错", by=by, now=NOW)


def test_the_same_buyers_are_listed_the_expected_amount_first(main: Order, agent: User) -> None:
    fits = top_up_of(main, "30.00")
    other = top_up_of(main, "12.00")
    top_up_of(OrderFactory.create(), "30.00")  # another buyer's
    assert candidates(agent, main) == [fits, other]


# On the screen


def test_it_is_picked_from_the_list(agent_client: Client, main: Order) -> None:
    top_up = top_up_of(main, "30.00")
    answer = do(agent_client, "tie-top-up", main, pick=top_up.order_no)
    html = agent_client.get(answer["Location"]).content.decode()
    assert "差价已经收到" in html


@pytest.mark.parametrize("by_what", ["order_no", "platform_no"])
def test_or_typed(agent_client: Client, main: Order, by_what: str) -> None:
    top_up = top_up_of(main, "30.00")
    number = getattr(top_up, by_what)
    assert do(agent_client, "tie-top-up", main, top_up=f" {number} ").status_code == 302


def test_the_page_says_at_once_that_it_was_paid(
    agent_client: Client, main: Order, by: Actor
) -> None:
    """SOP 2.b: the act runs the rules again, not the timer minutes later."""
    page = f"/orders/{main.order_no}"
    assert "还差 30.00 元" in agent_client.get(page).content.decode()
    do(agent_client, "tie-top-up", main, pick=top_up_of(main, "30.00").order_no)
    html = agent_client.get(page).content.decode()
    assert "已付款，待下发" in html
    assert not main.hits.filter(state="open").exists()
    untie_top_up(main, main.top_ups.get(), "关联错了", by=by, now=NOW)
    assert list(main.hits.filter(state="open").values_list("code", flat=True)) == ["top_up"]


def test_a_strangers_is_asked_about(agent_client: Client, main: Order) -> None:
    """SOP 1.1.b: a slip of the pen gives nobody's money away."""
    top_up = top_up_of(OrderFactory.create(), "50.00")
    answer = do(agent_client, "tie-top-up", main, top_up=top_up.order_no)
    assert answer.status_code == 409
    assert "账号和手机都跟这一单对不上" in answer.content.decode()
    answer = do(agent_client, "tie-top-up", main, top_up=top_up.order_no, certain="on")
    assert answer.status_code == 302


def test_a_mask_proves_nobody_to_be_the_same(main: Order) -> None:
    """SOP 1.1.b: `1******6198` is many people's."""
    masked = {"mobile": "1******6198", "buyer_account": "t**1", "masked": True, "buyer": None}
    one, other = (OrderFactory.create(shop=main.shop, **masked) for _ in range(2))
    assert not same_buyer(one, other)
    other.mobile = one.mobile = "13800138000"
    assert same_buyer(one, other)


def test_what_is_paid_beyond_the_difference_is_said_before(
    agent_client: Client, main: Order
) -> None:
    top_up_of(main, "50.00")
    html = agent_client.get(f"/orders/{main.order_no}/tie-top-up").content.decode()
    assert "50.00 元，多 20.00 元要退" in html
    assert "等补差价 30.00 元；付得比这多的，多的要退给买家。" in html


def test_a_number_that_nobody_knows_says_what_to_do(agent_client: Client, main: Order) -> None:
    answer = do(agent_client, "tie-top-up", main, top_up="12345")
    assert answer.status_code == 409
    assert "核对单号" in answer.content.decode()


def test_nothing_picked_is_422(agent_client: Client, main: Order) -> None:
    assert do(agent_client, "tie-top-up", main).status_code == 422


def test_it_is_taken_back(agent_client: Client, main: Order, by: Actor) -> None:
    top_up = top_up_of(main, "30.00")
    main = tie(main, top_up, by)
    answer = do(agent_client, "untie-top-up", main, pick=str(top_up.pk), why="关联错了")
    assert answer.status_code == 302
    main.refresh_from_db()
    assert main.topped_up == D("0.00")
