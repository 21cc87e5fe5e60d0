"""Mark paid by hand, and reversed by finance (screens: what can be taken back)."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone

from core.acts import Actor
from core.verdict import Refused
from orders.factories import OrderFactory
from orders.models import Order
from orders.services.pay import Paid, mark_paid, reverse_payment
from orders.services.products import Wanted, modify_products
from orders.services.release import release
from orders.words import Gateway
from staff.factories import UserFactory
from stock.factories import SkuFactory
from tests.acts.pages import do

NOW = timezone.now()
D = Decimal


def pay(order: Order, amount: str, number: str, by: Actor) -> Order:
    mark_paid(order, Paid(number, D(amount), Gateway.BANK), by=by, now=NOW)
    order.refresh_from_db()
    return order


def reverse(order: Order, number: str, by: Actor) -> Order:
    payment = order.payments.get(trade__number=number)
    reverse_payment(order, payment, "银行退回", by=by, now=NOW)
    order.refresh_from_db()
    return order


@pytest.fixture
def unpaid(db: None) -> Order:
    return OrderFactory.create(state="unpaid", lines=[(SkuFactory.create(price="159.00"), 1)])


def test_all_that_is_due_makes_it_paid_with_a_promise(unpaid: Order, by: Actor) -> None:
    order = pay(unpaid, "159.00", "T1", by)
    assert (order.state, order.paid_at, order.paid) == ("paid", NOW, D("159.00"))
    assert order.ship_by is not None


def test_a_part_leaves_it_unpaid(unpaid: Order, by: Actor) -> None:
    order = pay(unpaid, "100.00", "T1", by)
    assert (order.state, order.facts().unpaid_rest) == ("unpaid", D("59.00"))


def test_too_much_is_owed_back(unpaid: Order, by: Actor) -> None:
    order = pay(unpaid, "160.00", "T1", by)
    assert (order.state, order.owed_back) == ("paid", D("1.00"))


def test_a_trade_number_is_registered_once(unpaid: Order, by: Actor) -> None:
    pay(unpaid, "100.00", "T1", by)
    with pytest.raises(Refused, match="已经登记过"):
        pay(unpaid, "59.00", "T1", by)
    with pytest.raises(Refused, match="已经登记过"):
        pay(OrderFactory.create(state="unpaid"), "59.00", "T1", by)


def test_the_difference_paid_by_bank_ends_the_hold(by: Actor) -> None:
    """1.1.f: a buyer may pay it otherwise than by a top-up order."""
    order = OrderFactory.create(lines=[(SkuFactory.create(price="159.00"), 1)])
    dearer = SkuFactory.create(price="189.00")
    modify_products(order, [Wanted(order.lines.get().pk, dearer, 1)], by=by, now=NOW)
    order = pay(order, "30.00", "T1", by)
    assert not order.holds.filter(state="open").exists()
    assert order.owed_back == D("0.00")


def test_a_paid_order_takes_no_more(by: Actor) -> None:
    with pytest.raises(Refused, match="已经付清"):
        pay(OrderFactory.create(), "1.00", "T1", by)


def test_reversed_it_is_unpaid_again_and_back_from_the_warehouse(unpaid: Order, by: Actor) -> None:
    order = pay(unpaid, "159.00", "T1", by)
    release(order, by=by, now=NOW)
    order = reverse(order, "T1", by)
    assert (order.state, order.paid, order.released_at) == ("unpaid", D("0.00"), None)
    assert (order.paid_at, order.ship_by) == (None, None)
    assert order.payments.get().reversed


def test_a_part_reversed_waits_for_a_top_up(by: Actor) -> None:
    order = OrderFactory.create(state="unpaid", lines=[(SkuFactory.create(price="159.00"), 1)])
    order = pay(order, "129.00", "T1", by)
    order = pay(order, "30.00", "T2", by)
    order = reverse(order, "T2", by)
    assert (order.state, order.paid) == ("paid", D("129.00"))
    assert order.holds.get(state="open").amount == D("30.00")


def test_a_payment_is_reversed_once(unpaid: Order, by: Actor) -> None:
    order = pay(unpaid, "100.00", "T1", by)
    order = reverse(order, "T1", by)
    with pytest.raises(Refused):
        reverse(order, "T1", by)


def test_a_number_reversed_on_the_wrong_order_goes_to_the_right_one(
    unpaid: Order, by: Actor
) -> None:
    wrong = pay(OrderFactory.create(state="unpaid"), "1.00", "T1", by)
    reverse(wrong, "T1", by)
    order = pay(unpaid, "159.00", "T1", by)
    assert (order.state, order.payments.get().trade.paid) == ("paid", D("159.00"))


def test_what_is_being_refunded_stays(unpaid: Order, by: Actor) -> None:
    order = pay(unpaid, "159.00", "T1", by)
    with OrderFactory.act():
        trade = order.payments.get().trade
        trade.refund_reserved = D("1.00")
        trade.save()
    with pytest.raises(Refused, match="退款"):
        reverse(order, "T1", by)


def test_what_the_platform_collected_follows_the_platform(by: Actor) -> None:
    """Else the next import would write it again."""
    order = OrderFactory.create()
    with pytest.raises(Refused, match="跟着平台走"):
        reverse(order, order.payments.get().trade.number, by)


def test_not_while_the_warehouse_packs(by: Actor) -> None:
    order = pay(OrderFactory.create(state="packed", terms="cod"), "159.00", "T1", by)
    with pytest.raises(Refused) as refused:
        reverse(order, "T1", by)
    assert refused.value.verdict.answer == "ask"


def test_a_shipped_order_stays_shipped_and_owes_again(by: Actor) -> None:
    order = pay(OrderFactory.create(state="shipped", terms="cod"), "159.00", "T1", by)
    order = reverse(order, "T1", by)
    assert (order.state, order.facts().unpaid_rest) == ("shipped", order.due)


# On the screen


def test_finance_alone_reverses(unpaid: Order, by: Actor) -> None:
    order = pay(unpaid, "159.00", "T1", by)
    for role, status in (("agent", 403), ("supervisor", 403), ("finance", 302)):
        client = Client()
        client.force_login(UserFactory.create(role=role))
        url = f"/orders/{order.order_no}/reverse-payment"
        if status == 403:
            assert client.post(url).status_code == 403
            continue
        pick = str(order.payments.get().pk)
        assert do(client, "reverse-payment", order, pick=pick, why="登记错").status_code == 302
    order.refresh_from_db()
    assert order.state == "unpaid"


@pytest.mark.parametrize("amount", ["0", "-5", "1e9999", "NaN", "一百", "", "1.234", "99999999999"])
def test_an_amount_that_is_none_is_422(unpaid: Order, amount: str) -> None:
    client = Client()
    client.force_login(UserFactory.create(role="finance"))
    assert do(client, "mark-paid", unpaid, number="T1", amount=amount).status_code == 422


def test_only_a_payment_registered_by_hand_offers_to_be_reversed(
    client: Client, unpaid: Order, by: Actor
) -> None:
    client.force_login(UserFactory.create(role="finance"))
    by_hand, by_platform = pay(unpaid, "159.00", "T1", by), OrderFactory.create()
    assert "冲正付款" not in client.get(by_platform.get_absolute_url()).content.decode()
    assert "冲正付款" in client.get(by_hand.get_absolute_url()).content.decode()
