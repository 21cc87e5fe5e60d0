"""SOP 6.b: the customer is told of what happens to the order, each thing once."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.conf import settings as django_settings
from django.test import Client
from django.urls import reverse

from core.acts import Actor, act
from core.models import OutboxMessage
from core.verdict import Refused
from orders.factories import OrderFactory, ShopFactory
from orders.models import Buyer, CustomerMessage, Order, Shop
from orders.selectors.order import timeline
from orders.selectors.unpaid import to_tell
from orders.services.late_goods import tell_delays
from orders.services.news import delivered, received, shipped
from orders.services.pay import Paid, mark_paid
from orders.services.remind import remind_due
from orders.services.reminders import tick_told
from orders.services.sending import drop_outdated, say_of, send_planned, was_refused, was_sent
from orders.services.telling import tell_buyers
from orders.services.timers import start_timers
from orders.words import Gateway, How, MessageKind
from staff.models import User
from tests.formats.files import taobao
from tests.importing.conftest import Load, load  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db
CHINA = ZoneInfo("Asia/Shanghai")
NOON = datetime(2026, 11, 25, 12, 0, tzinfo=CHINA)
HOUR = timedelta(hours=1)
ALL = [f"{kind}:{how}" for kind in MessageKind for how in How]
TIMER = Actor("timer", "系统")


@pytest.fixture(autouse=True)
def files(tmp_path: Path, settings: Any) -> Path:
    settings.MEDIA_ROOT = tmp_path / "files"
    return Path(django_settings.MEDIA_ROOT)


@pytest.fixture
def shop(db: None) -> Shop:
    return ShopFactory.create(tells=ALL)


def told(kind: str = "") -> list[tuple[str, str]]:
    rows = CustomerMessage.objects.order_by("id")
    return [(row.kind, row.state) for row in (rows.filter(kind=kind) if kind else rows)]


def tell(order: Order, *news: Any, now: datetime = NOON) -> int:
    with act("tell_customer", order, by=TIMER, now=now):
        return tell_buyers(news, now)


# When


def test_paying_tells_that_the_order_was_received(shop: Shop, by: Actor) -> None:
    order = OrderFactory.create(state="unpaid", shop=shop)
    mark_paid(order, Paid("T1", order.due, Gateway.BANK), by=by, now=NOON)
    assert told() == [("order_received", "queued")]
    assert order.platform_no in CustomerMessage.objects.get().sentence


def test_each_thing_is_told_once(shop: Shop) -> None:
    order = OrderFactory.create(shop=shop)
    assert [tell(order, received(order, NOON)) for _ in range(3)] == [1, 0, 0]
    assert OutboxMessage.objects.count() == 1


def test_what_is_long_past_is_told_to_nobody(shop: Shop) -> None:
    order = OrderFactory.create(shop=shop)
    assert tell(order, received(order, NOON - 25 * HOUR)) == 0
    assert tell(order, received(order, NOON - 23 * HOUR)) == 1


@pytest.mark.parametrize("tells", [[], ["shipped:sms"]])
def test_what_the_shop_did_not_switch_on_is_not_told(tells: list[str]) -> None:
    order = OrderFactory.create(shop=ShopFactory.create(code="quiet", tells=tells))
    assert tell(order, received(order, NOON)) == 0


def test_a_buyer_who_wants_no_messages_is_left_alone(shop: Shop) -> None:
    order = OrderFactory.create(shop=shop)
    Buyer.objects.update(no_messages=True)
    assert tell(order, received(order, NOON)) == 0


def test_at_night_it_waits_for_eight(shop: Shop) -> None:
    order = OrderFactory.create(shop=shop)
    night = NOON + 11 * HOUR
    tell(order, received(order, night), now=night)
    assert told() == [("order_received", "planned")]
    assert send_planned(NOON + 15 * HOUR) == 0
    assert send_planned(NOON + 20 * HOUR) == 1
    assert told() == [("order_received", "queued")]
    assert send_planned(NOON + 20 * HOUR) == 0
    assert OutboxMessage.objects.count() == 1


def test_after_the_shops_days_the_buyer_is_asked_for_feedback(shop: Shop) -> None:
    order = OrderFactory.create(shop=shop, state="received")
    tell(order, *delivered(order, NOON))
    assert told() == [("delivered", "queued"), ("feedback", "planned")]
    assert send_planned(NOON + 71 * HOUR) == 0
    assert send_planned(NOON + 72 * HOUR) == 1
    assert told("feedback") == [("feedback", "queued")]


def test_a_passed_promise_is_told_once_and_not_weeks_later(shop: Shop) -> None:
    OrderFactory.create(shop=shop, ship_by=NOON - HOUR)
    OrderFactory.create(shop=shop, ship_by=NOON - 48 * HOUR)
    OrderFactory.create(shop=shop, ship_by=NOON + HOUR)
    OrderFactory.create(shop=ShopFactory.create(code="quiet", tells=[]), ship_by=NOON - HOUR)
    assert tell_delays(NOON) == 1
    assert tell_delays(NOON) == 0
    row = CustomerMessage.objects.get()
    assert "没有按时发出" in row.sentence
    assert "告知买家" in timeline(row.order)[0].summary


# By an import


def test_an_import_tells_of_what_has_just_been_paid_and_shipped(shop: Shop, load: Load) -> None:  # noqa: F811
    row = {"订单编号": "1", "订单创建时间": "2026-11-25 10:58:00"}
    row |= {"订单付款时间": "2026-11-25 11:00:00"}
    with time_machine.travel(NOON, tick=False):
        load(taobao(row))
        assert told() == [("order_received", "queued")]
        sent = row | {"订单状态": "卖家已发货，等待买家确认", "物流单号": "No:YT1234567890123"}
        load(taobao(sent))
    assert told("shipped") == [("shipped", "queued")]
    assert "YT1234567890123" in CustomerMessage.objects.get(kind="shipped").sentence


def test_an_import_of_old_orders_tells_nobody_and_sets_no_timer(shop: Shop, load: Load) -> None:  # noqa: F811
    old = {"订单创建时间": "2025-03-01 10:00:00", "订单付款时间": "2025-03-01 10:05:00"}
    unpaid = {"订单状态": "等待买家付款", "订单付款时间": "", "买家实际支付金额": "0.00"}
    rows = [
        old,
        old | {"订单状态": "交易成功"},
        old | {"订单状态": "卖家已发货，等待买家确认"},
        old | unpaid,
    ]
    with time_machine.travel(NOON, tick=False):
        load(taobao(*rows))
    assert told() == []
    unpaid_one = Order.objects.get(state="unpaid")
    assert (unpaid_one.remind_at, unpaid_one.close_at) == (None, None)


def test_an_import_of_a_fresh_unpaid_order_sets_its_timers(shop: Shop, load: Load) -> None:  # noqa: F811
    unpaid = {"订单状态": "等待买家付款", "订单付款时间": "", "买家实际支付金额": "0.00"}
    with time_machine.travel(NOON, tick=False):
        load(taobao(unpaid | {"订单创建时间": "2026-11-25 11:00:00"}))
    order = Order.objects.get()
    assert order.remind_at == NOON - HOUR / 2
    assert order.close_at == NOON + 71 * HOUR


# Sending, or by a colleague


def test_it_is_asked_again_at_the_moment_of_sending(shop: Shop) -> None:
    order = OrderFactory.create(shop=shop, ship_by=NOON - HOUR)
    tell_delays(NOON)
    row = order.messages.select_related("order__shop").get()
    assert say_of(row, NOON) is not None
    Order.objects.filter(pk=order.pk).update(state="shipped")
    row = CustomerMessage.objects.select_related("order__shop").get()
    assert say_of(row, NOON) is None
    row.refresh_from_db()
    assert (row.state, row.why) == ("skipped", "订单已发货")


def test_how_it_ended_is_kept(shop: Shop) -> None:
    first, second = OrderFactory.create(shop=shop), OrderFactory.create(shop=shop)
    for order in (first, second):
        tell(order, shipped(order, NOON))
    was_sent(first.messages.get(), NOON)
    assert was_refused(second.messages.get(), "手机号不对", NOON + HOUR), "a colleague tells"
    assert told() == [("shipped", "sent"), ("shipped", "to_tell")]
    assert "手机号不对" in timeline(second)[0].summary


def test_a_colleague_ticks_what_was_sent_in_the_chat_once(shop: Shop, by: Actor) -> None:
    order = OrderFactory.create(shop=shop, mobile="138****3800")
    tell(order, shipped(order, NOON))
    row = order.messages.get()
    assert (row.how, row.state) == ("chat", "to_tell")
    assert not OutboxMessage.objects.exists()
    tick_told(row, by=by, now=NOON + HOUR)
    row.refresh_from_db()
    assert (row.state, row.by_id, row.done_at) == ("told", by.user_id, NOON + HOUR)
    assert timeline(order)[0].summary == "已告知买家：发货通知"
    with pytest.raises(Refused):
        tick_told(row, by=by, now=NOON)


def test_one_tick_is_enough_for_orders_that_were_named_together(shop: Shop, by: Actor) -> None:
    first = _unpaid(shop)
    second = _unpaid(shop, buyer=first.buyer)
    remind_due(NOON + HOUR)
    tick_told(first.messages.get(), by=by, now=NOON + HOUR)
    assert second.messages.get().state == "told"


def test_what_need_not_be_told_any_more_leaves_the_list(shop: Shop, by: Actor, agent: User) -> None:
    order = _unpaid(shop)
    remind_due(NOON + HOUR)
    assert to_tell(agent).count() == 1
    mark_paid(order, Paid("T1", order.due, Gateway.BANK), by=by, now=NOON + HOUR)
    assert to_tell(agent).filter(kind="payment_reminder").count() == 0
    assert drop_outdated(NOON + HOUR) == 1
    row = order.messages.get(kind="payment_reminder")
    assert (row.state, row.why) == ("skipped", "已经不用告知了")


def test_a_reminder_that_nobody_passed_on_gives_way_to_the_next(shop: Shop, agent: User) -> None:
    first = _unpaid(shop)
    second = _unpaid(shop, buyer=first.buyer)
    remind_due(NOON + HOUR)
    remind_due(NOON + 7 * HOUR)
    assert [row.step for row in to_tell(agent)] == [2], "one row, not two for one buyer"
    for order in (first, second):
        assert [m.state for m in order.messages.order_by("step")] == ["skipped", "to_tell"]
    assert first.messages.get(step=1).why == "还没告知，就到了下一次"


def _unpaid(shop: Shop, **values: Any) -> Order:
    order: Order = OrderFactory.create(
        state="unpaid", ordered_at=NOON, shop=shop, mobile="138****3800", **values
    )
    with act("register_order", order, by=TIMER, now=NOON) as (row, _):
        start_timers(row, NOON)
    return order


# On the screens


def test_the_list_of_what_is_to_be_told_shows_sentence_copy_and_tick(
    agent_client: Client, agent: User, shop: Shop
) -> None:
    empty = agent_client.get(reverse("to-tell")).content.decode()
    assert "没有要告知的" in empty
    order = _unpaid(shop)
    remind_due(NOON + HOUR)
    row = order.messages.get()
    html = agent_client.get(reverse("to-tell")).content.decode()
    assert row.sentence in html
    assert "已告知" in html
    answer = agent_client.post(reverse("tick-told", args=[order.order_no, row.pk]))
    assert answer["Location"] == reverse("to-tell")
    row.refresh_from_db()
    assert row.state == "told"
    again = agent_client.post(reverse("tick-told", args=[order.order_no, row.pk]), follow=True)
    assert "已经处理过了" in again.content.decode()


def test_the_unpaid_list_says_what_was_sent_and_what_comes_next(
    agent_client: Client, shop: Shop, by: Actor, django_assert_max_num_queries: Any
) -> None:
    assert "没有这样的未付款订单" in agent_client.get(reverse("unpaid")).content.decode()
    orders = [_unpaid(shop) for _ in range(3)]
    with time_machine.travel(NOON + HOUR, tick=False):
        remind_due(NOON + HOUR)
        client = Client()
        client.force_login(User.objects.get())
        with django_assert_max_num_queries(9):
            html = client.get(reverse("unpaid")).content.decode()
    for text in (orders[0].order_no, "聊天 · 待告知", "剩 5 小时", "剩 2 天 23 小时", "停催"):
        assert text in html, text


@pytest.mark.parametrize(
    ("what", "count"),
    [("", 3), ("remind", 2), ("soon", 0), ("stopped", 1), ("tell", 0), ("part", 0), ("x", 3)],
)
def test_the_unpaid_list_is_filtered(
    agent_client: Client, shop: Shop, what: str, count: int
) -> None:
    for _ in range(2):
        _unpaid(shop)
    OrderFactory.create(state="unpaid", do_not_remind=True, shop=shop)
    found = agent_client.get(reverse("unpaid"), {"what": what}).context["found"]
    assert len(found.page.rows) == count


def test_an_altered_page_address_leads_to_the_first_page(agent_client: Client) -> None:
    for name in ("unpaid", "to-tell"):
        assert agent_client.get(reverse(name), {"page": "x"}).status_code == 302


def test_the_order_page_shows_what_its_buyer_was_told(agent_client: Client, shop: Shop) -> None:
    order = _unpaid(shop)
    remind_due(NOON + HOUR)
    html = agent_client.get(order.get_absolute_url()).content.decode()
    html = html[html.index("主动告知") :]
    for text in ("催付（第 1 次）", "待告知", order.messages.get().sentence, "下次催付"):
        assert text in html[:3000], html[:1500]
