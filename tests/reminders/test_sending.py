"""A reminder goes out over real HTTP, once, and not at night (failure modes 1, 3, 17)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine

from connectors.sandbox.server import Sandbox
from connectors.sandbox.sms import CREDENTIALS
from core import messages, tasks
from core.acts import TIMER, Actor, act
from core.lease import LEASE
from core.messages import deliver_due
from core.models import MessageState, OutboxMessage
from orders.factories import OrderFactory, ShopFactory
from orders.links import order_of
from orders.models import Order, Shop
from orders.services.account import save_account
from orders.services.news import received
from orders.services.pay import Paid, mark_paid
from orders.services.remind import remind_due
from orders.services.telling import tell_buyers
from orders.words import Gateway
from tests.sop.test_2_a_reminders import unpaid

pytestmark = pytest.mark.django_db
# The sandbox is a process of the real time: its signatures are checked against the clock.
CHINA = ZoneInfo("Asia/Shanghai")
HOUR = timedelta(hours=1)


@pytest.fixture
def shop(db: None, monkeypatch: pytest.MonkeyPatch) -> Shop:
    monkeypatch.setattr(tasks.deliver_messages, "delay", lambda: None)
    shop: Shop = ShopFactory.create()
    save_account(shop, "sms", CREDENTIALS, by=TIMER, now=datetime.now(CHINA))
    return shop


@pytest.fixture
def noon(monkeypatch: pytest.MonkeyPatch) -> datetime:
    return datetime.now(CHINA).replace(hour=12, minute=0, second=0, microsecond=0)


def deliver(at: datetime) -> None:
    with time_machine.travel(at, tick=False):
        deliver_due()


def reminded(shop: Shop, noon: datetime, **values: Any) -> Order:
    order = unpaid(noon, shop=shop, mobile="13800138000", **values)
    with time_machine.travel(noon + HOUR, tick=False):
        remind_due(noon + HOUR)
    return order


def state(order: Order) -> tuple[str, str]:
    row = order.messages.get(kind="payment_reminder")
    return row.state, row.why


def test_it_arrives_once_with_number_and_amount(
    sandbox: Sandbox, shop: Shop, noon: datetime
) -> None:
    order = reminded(shop, noon)
    for _ in range(2):
        deliver(noon + HOUR)
    (text,) = sandbox.state.effects("sms")
    assert order.platform_no in str(text)
    assert str(order.due) in str(text)
    assert state(order) == ("sent", "")
    assert OutboxMessage.objects.get().state == MessageState.DONE


def test_a_text_message_gets_the_end_of_the_link_since_no_variable_may_hold_an_address(
    sandbox: Sandbox, shop: Shop, noon: datetime
) -> None:
    shop.tells = ["order_received:sms"]
    order = OrderFactory.create(shop=shop, mobile="13800138000")
    with time_machine.travel(noon, tick=False), act("tell_customer", order, by=TIMER, now=noon):
        tell_buyers([received(order, noon)], noon)
    deliver(noon + HOUR)
    (text,) = sandbox.state.effects("sms")
    with time_machine.travel(noon, tick=False):
        assert order_of(text.data["values"]["link"]) == order.pk


def test_one_that_went_out_although_the_answer_was_lost_is_not_sent_again(
    sandbox: Sandbox, shop: Shop, noon: datetime
) -> None:
    order = reminded(shop, noon)
    sandbox.state.fault("sms", "timeout_after")
    deliver(noon + HOUR)
    assert state(order)[0] == "queued"
    deliver(noon + HOUR + LEASE)
    assert len(sandbox.state.effects("sms")) == 1
    assert state(order)[0] == "sent"


def test_paid_between_queue_and_sending_nothing_goes_out(
    sandbox: Sandbox, shop: Shop, noon: datetime, by: Actor
) -> None:
    order = reminded(shop, noon)
    mark_paid(order, Paid("T1", order.due, Gateway.BANK), by=by, now=noon + HOUR)
    deliver(noon + HOUR)
    assert sandbox.state.effects("sms") == []
    assert state(order) == ("skipped", "买家已付款")


def test_what_is_still_queued_at_night_waits_for_eight(
    sandbox: Sandbox, shop: Shop, noon: datetime
) -> None:
    order = reminded(shop, noon)
    deliver(noon + 10 * HOUR)
    assert sandbox.state.effects("sms") == []
    waiting = OutboxMessage.objects.get()
    assert (waiting.state, waiting.not_before) == (MessageState.PENDING, noon + 20 * HOUR)
    assert (waiting.tries, state(order)[0]) == (0, "queued")


def test_a_shop_without_an_account_lets_a_colleague_tell(noon: datetime, shop: Shop) -> None:
    other = ShopFactory.create(code="tb2")
    order = reminded(other, noon)
    deliver(noon + HOUR)
    assert state(order)[0] == "to_tell"
    assert OutboxMessage.objects.get().state == MessageState.DONE


def test_what_nobody_can_tell_has_failed_and_says_why(noon: datetime, shop: Shop) -> None:
    order = reminded(ShopFactory.create(code="tb3", tells=["payment_reminder:sms"]), noon)
    deliver(noon + HOUR)
    assert state(order)[0] == "failed"
    assert "短信" in state(order)[1]
    assert OutboxMessage.objects.get(order_no=order.order_no).state == MessageState.FAILED


def test_the_topic_has_its_handler() -> None:
    assert "customer.message" in messages.handlers()
