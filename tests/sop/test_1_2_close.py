"""SOP 1.2.e: close an unpaid order after the identity check; reopen while nothing else happened."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.acts import TIMER, Actor
from core.acts import act as do_act
from core.verdict import Refused
from orders.factories import OrderFactory
from orders.models import Order
from orders.policy import Contacted
from orders.selectors.order import timeline
from orders.services.close import close_order, reopen_order
from orders.services.note import note
from orders.services.pay import Paid, mark_paid
from orders.words import Gateway, IdentityKey
from tests.acts.pages import do

NOW = timezone.now()
LATER = NOW + timedelta(minutes=5)
TWO_KEYS = frozenset({IdentityKey.ORDER_NO, IdentityKey.CONSIGNEE})
IDENTIFIED = Contacted("wangwang", TWO_KEYS)


@pytest.fixture
def order(db: None) -> Order:
    return OrderFactory.create(state="unpaid")


def close(order: Order, by: Actor, contact: Contacted = IDENTIFIED) -> Order:
    close_order(order, "买家不想要了", by=by, now=NOW, contact=contact)
    order.refresh_from_db()
    return order


def test_two_keys_that_agree_close_it_at_once(order: Order, by: Actor) -> None:
    close(order, by)
    assert (order.state, order.closed_from, order.closed_at) == ("closed", "unpaid", NOW)
    assert timeline(order)[0].changes == [["状态", "未付款", "已关闭"]]
    assert order.contacts.get().identity == ["consignee", "order_no"]


@pytest.mark.parametrize("keys", [frozenset(), frozenset({IdentityKey.MOBILE})])
def test_one_key_is_not_enough(order: Order, by: Actor, keys: frozenset[IdentityKey]) -> None:
    with pytest.raises(Refused) as refused:
        close(order, by, Contacted("qq", keys))
    assert refused.value.verdict.say is not None
    assert "至少要有两项一致" in refused.value.verdict.reason


def test_a_paid_order_is_sent_to_the_refund(by: Actor) -> None:
    """1.2.c: told to apply 24 hours after payment."""
    with pytest.raises(Refused) as refused:
        close(OrderFactory.create(), by)
    assert refused.value.verdict.clause == "1.2.c"
    assert "付款24小时后申请" in refused.value.verdict.instead


def test_a_shipped_order_is_refused_by_1_2_b(by: Actor) -> None:
    with pytest.raises(Refused) as refused:
        close(OrderFactory.create(state="shipped"), by)
    assert refused.value.verdict.clause == "1.2.b"


def test_a_part_payment_is_no_closing(order: Order, by: Actor) -> None:
    mark_paid(order, Paid("T1", Decimal("1.00"), Gateway.BANK), by=by, now=NOW)
    with pytest.raises(Refused):
        close(order, by)


def test_reopen_takes_it_back_to_unpaid(order: Order, by: Actor) -> None:
    close(order, by)
    reopen_order(order, by=by, now=LATER)
    order.refresh_from_db()
    assert (order.state, order.closed_from, order.closed_at) == ("unpaid", "", None)


def test_a_note_since_does_not_stand_in_the_way(order: Order, by: Actor) -> None:
    close(order, by)
    note(order, "买家又想要了", by=by, now=LATER)
    reopen_order(order, by=by, now=LATER)
    order.refresh_from_db()
    assert order.state == "unpaid"


def test_anything_else_since_does(order: Order, by: Actor) -> None:
    close(order, by)
    with do_act("import_orders", order, by=TIMER, now=LATER) as (_, log):
        log.noted("导入更新")
    with pytest.raises(Refused, match="关闭以后又发生了：导入"):
        reopen_order(order, by=by, now=LATER + timedelta(minutes=1))


def test_what_the_platform_closed_stays_closed(by: Actor) -> None:
    order = OrderFactory.create(state="closed")
    with pytest.raises(Refused, match="平台关闭"):
        reopen_order(order, by=by, now=NOW)


@pytest.mark.parametrize("terms", ["cod", "account"])
def test_without_payment_it_is_closed_and_reopened_where_it_was(by: Actor, terms: str) -> None:
    order = close(OrderFactory.create(terms=terms), by)
    assert order.closed_from == "paid"
    reopen_order(order, by=by, now=LATER)
    order.refresh_from_db()
    assert order.state == "paid"


def test_cash_on_delivery_in_the_warehouse_needs_an_intercept(by: Actor) -> None:
    with pytest.raises(Refused) as refused:
        close(OrderFactory.create(terms="cod", state="picking"), by)
    assert refused.value.verdict.answer == "ask"


def test_a_payment_on_a_closed_order_opens_it_again(order: Order, by: Actor) -> None:
    """2.a: while there is stock; otherwise the money is owed back."""
    close(order, by)
    mark_paid(order, Paid("T1", order.due, Gateway.BANK), by=by, now=LATER)
    order.refresh_from_db()
    assert (order.state, order.paid_late) == ("paid", "reopened")


# On the screen


def test_the_form_insists_on_two_keys(agent_client: Client, order: Order) -> None:
    answer = do(agent_client, "close-order", order, identity=["mobile"])
    assert answer.status_code == 422
    assert "至少要有两项一致" in answer.content.decode()
    order.refresh_from_db()
    assert order.state == "unpaid"


def test_closing_shows_the_sentence_and_offers_reopening(
    agent_client: Client, order: Order
) -> None:
    answer = do(agent_client, "close-order", order, identity=["mobile", "account"])
    html = agent_client.get(answer["Location"]).content.decode()
    assert "订单已经帮您关闭了" in html
    assert reverse("reopen-order", args=[order.order_no]) in html
    assert do(agent_client, "reopen-order", order).status_code == 302
    order.refresh_from_db()
    assert order.state == "unpaid"
