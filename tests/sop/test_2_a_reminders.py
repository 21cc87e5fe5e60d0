"""SOP 2.a: unpaid orders are reminded at set steps, never at night, then closed."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.acts import TIMER, Actor, act, act_on
from core.models import Act, OutboxMessage
from core.verdict import Refused
from orders import reminding
from orders.factories import OrderFactory, ShopFactory
from orders.models import Buyer, CustomerMessage, HandTask, Order
from orders.selectors.order import timeline
from orders.services.bulk import do_bulk
from orders.services.close import close_order, reopen_order
from orders.services.close_unpaid import close_due
from orders.services.hold import hold_order
from orders.services.pay import Paid, mark_paid, reverse_payment
from orders.services.remind import remind_due
from orders.services.reminders import remind_now, resume_reminding, stop_reminding
from orders.services.sending import say_of
from orders.services.timers import start_timers
from orders.words import Gateway, HoldKind
from staff.models import User
from stock.factories import SkuFactory
from stock.services.ledger import change
from stock.words import MovementKind
from tests.acts.pages import do
from tests.sop.test_1_2_close import IDENTIFIED

pytestmark = pytest.mark.django_db
CHINA = ZoneInfo("Asia/Shanghai")
NOON = datetime(2026, 11, 25, 12, 0, tzinfo=CHINA)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def unpaid(at: datetime = NOON, **values: Any) -> Order:
    """An unpaid order of that time, with its timers."""
    order: Order = OrderFactory.create(**{"state": "unpaid", "ordered_at": at} | values)
    with act("register_order", order, by=Actor("person", "王芳"), now=at) as (row, _):
        start_timers(row, at)
    return fresh(order)


def fresh(order: Order) -> Order:
    return Order.objects.select_related("shop", "buyer").get(pk=order.pk)


def messages(order: Order) -> list[tuple[int, str, str]]:
    rows = order.messages.filter(kind="payment_reminder").order_by("step")
    return [(row.step, row.how, row.state) for row in rows]


# When


def test_the_default_steps_are_half_an_hour_six_and_twenty_three_hours() -> None:
    order = unpaid()
    assert order.remind_at == NOON + 30 * MINUTE
    assert order.close_at == NOON + 72 * HOUR
    assert remind_due(NOON + 29 * MINUTE) == 0
    for done, at in enumerate((30 * MINUTE, 6 * HOUR, 23 * HOUR), start=1):
        assert remind_due(NOON + at) == 1
        assert fresh(order).remind_step == done
    assert fresh(order).remind_at is None
    assert messages(order) == [(n, "sms", "queued") for n in (1, 2, 3)]
    assert remind_due(NOON + 48 * HOUR) == 0


def test_each_step_has_its_act_history_and_outbox_row() -> None:
    order = unpaid()
    remind_due(NOON + 30 * MINUTE)
    told = timeline(order)[0]
    assert (told.verb, told.clause, told.actor_name) == ("remind", "2.a", "系统")
    assert told.summary == "催付（第 1 次，短信）"
    past = order.history.order_by("-history_id").first()
    assert (past.remind_step, past.history_change_reason) == (1, told.part_of_id)
    sent = OutboxMessage.objects.get()
    assert (sent.topic, sent.order_no) == ("customer.message", order.order_no)
    assert sent.payload == {"message": order.messages.get().pk}
    assert fresh(order).version == order.version, "a reminder is no edit"


@pytest.mark.parametrize(
    ("at", "awake"),
    [
        ("2026-11-25 21:59", "2026-11-25 21:59"),
        ("2026-11-25 22:00", "2026-11-26 08:00"),
        ("2026-11-25 23:30", "2026-11-26 08:00"),
        ("2026-11-26 00:10", "2026-11-26 08:00"),
        ("2026-11-26 07:59", "2026-11-26 08:00"),
        ("2026-11-26 08:00", "2026-11-26 08:00"),
    ],
)
def test_what_falls_into_the_night_waits_for_eight(at: str, awake: str) -> None:
    moment, wanted = (datetime.fromisoformat(t).replace(tzinfo=CHINA) for t in (at, awake))
    assert reminding.awake(moment) == wanted
    assert reminding.awake(moment.astimezone(ZoneInfo("UTC"))) == wanted


def test_of_two_steps_in_one_night_only_the_newer_is_sent() -> None:
    order = unpaid(NOON + 9 * HOUR + 45 * MINUTE)  # 21:45: both steps fall into the night
    assert order.remind_at == NOON + 20 * HOUR
    assert remind_due(NOON + 13 * HOUR) == 0, "it is one in the morning"
    assert remind_due(NOON + 20 * HOUR) == 1
    assert messages(order) == [(2, "sms", "queued")]


def test_after_a_day_of_standstill_nobody_gets_two_at_once() -> None:
    order = unpaid()
    later = NOON + 24 * HOUR
    assert remind_due(later) == 1
    assert remind_due(later) == 0
    assert messages(order) == [(3, "sms", "queued")]


def test_a_late_sweep_does_not_send_the_next_step_right_behind() -> None:
    order = unpaid()
    late = NOON + 6 * HOUR - MINUTE
    remind_due(late)
    assert fresh(order).remind_at == late + reminding.APART


def test_a_clock_that_jumps_back_or_ahead_sends_nothing_twice() -> None:
    order = unpaid()
    for hours in (1, 0, 25, 2, 26):
        remind_due(NOON + hours * HOUR)
    assert messages(order) == [(1, "sms", "queued"), (3, "sms", "queued")]


def test_a_sweep_takes_so_many_at_a_time() -> None:
    for _ in range(3):
        unpaid()
    counts = [remind_due(NOON + HOUR, limit=2) for _ in range(3)]
    assert counts == [2, 1, 0]
    assert CustomerMessage.objects.count() == 3


def test_nothing_due_writes_nothing() -> None:
    remind_due(NOON)
    close_due(NOON)
    assert not Act.objects.filter(verb__in=["remind", "close_unpaid"]).exists()


# Whom not


def test_never_after_the_payment(by: Actor) -> None:
    order = unpaid()
    mark_paid(order, Paid("T1", order.due, Gateway.BANK), by=by, now=NOON + MINUTE)
    paid = fresh(order)
    assert (paid.remind_at, paid.close_at) == (None, None)
    assert remind_due(NOON + HOUR) == 0


def test_never_after_the_closing(by: Actor) -> None:
    order = unpaid()
    close_order(order, "买家不想要了", by=by, now=NOON + MINUTE, contact=IDENTIFIED)
    assert remind_due(NOON + HOUR) == 0
    reopen_order(order, by=by, now=NOON + 2 * HOUR)
    assert fresh(order).remind_at == NOON + 2 * HOUR + 30 * MINUTE


@pytest.mark.parametrize("terms", ["cod", "account"])
def test_cash_on_delivery_and_on_account_are_neither_reminded_nor_closed(terms: str) -> None:
    order = unpaid(terms=terms)
    assert (order.remind_at, order.close_at) == (None, None)


def test_a_part_payment_is_reminded_of_the_rest_and_not_closed(by: Actor) -> None:
    order = unpaid()
    mark_paid(order, Paid("T1", Decimal("1.00"), Gateway.BANK), by=by, now=NOON + MINUTE)
    part = fresh(order)
    assert (part.remind_at, part.close_at) == (order.remind_at, None)
    remind_due(NOON + HOUR)
    say = part.messages.get().say
    assert say["key"] == "remind.open"
    assert Decimal(say["values"]["amount"]) == part.due - 1


def test_a_buyer_who_wants_no_messages_gets_none() -> None:
    order = unpaid()
    Buyer.objects.update(no_messages=True)
    assert remind_due(NOON + HOUR) == 1
    assert messages(order) == []
    assert fresh(order).remind_at is None
    assert timeline(order)[0].reason == "买家不接收消息"


def test_a_shop_without_steps_or_with_reminders_off_sends_none() -> None:
    assert unpaid(shop=ShopFactory.create(code="no1", reminder_steps=[])).remind_at is None
    order = unpaid(shop=ShopFactory.create(code="no2", tells=[]))
    remind_due(NOON + HOUR)
    assert messages(order) == []


# How


@pytest.mark.parametrize("mobile", ["138****3800", "$$AbC", "18412345678-1234", ""])
def test_without_a_real_telephone_a_colleague_tells_the_buyer(mobile: str) -> None:
    order = unpaid(mobile=mobile)
    remind_due(NOON + HOUR)
    row = order.messages.get()
    assert (row.how, row.state) == ("chat", "to_tell")
    assert order.platform_no in row.sentence
    assert not OutboxMessage.objects.exists()


def test_a_buyer_with_several_unpaid_orders_gets_one_that_names_them_all() -> None:
    first = unpaid()
    second = unpaid(NOON + 10 * MINUTE, buyer=first.buyer)
    other = unpaid(NOON, shop=ShopFactory.create(code="tb2"), buyer=first.buyer)
    remind_due(NOON + 30 * MINUTE)
    lead, led = first.messages.get(), second.messages.get()
    assert OutboxMessage.objects.count() == 2, "another shop speaks for itself"
    assert led.led_by == lead
    assert first.platform_no in lead.sentence
    assert second.platform_no in lead.sentence
    assert "2 笔" in lead.sentence
    assert fresh(second).remind_step == 1, "its step counts as done"
    assert other.platform_no not in lead.sentence
    assert remind_due(NOON + 45 * MINUTE) == 0


def test_what_was_paid_between_queue_and_sending_is_not_sent(by: Actor) -> None:
    order = unpaid()
    remind_due(NOON + 30 * MINUTE)
    mark_paid(order, Paid("T1", order.due, Gateway.BANK), by=by, now=NOON + 31 * MINUTE)
    row = order.messages.select_related("order__shop").get(kind="payment_reminder")
    assert say_of(row, NOON + 32 * MINUTE) is None
    row.refresh_from_db()
    assert (row.state, row.why) == ("skipped", "买家已付款")
    assert "没有发：买家已付款" in timeline(order)[0].summary


def test_of_several_orders_the_message_names_those_still_unpaid(by: Actor) -> None:
    first = unpaid()
    second = unpaid(NOON + MINUTE, buyer=first.buyer)
    remind_due(NOON + 30 * MINUTE)
    mark_paid(first, Paid("T1", first.due, Gateway.BANK), by=by, now=NOON + 31 * MINUTE)
    lead = first.messages.select_related("order__shop").get(kind="payment_reminder")
    say = say_of(lead, NOON + 32 * MINUTE)
    assert say is not None
    assert say.values["order_no"] == second.platform_no
    assert say.values["amount"] == str(second.due)


# Stop, go on, now


def test_stop_and_go_on(by: Actor) -> None:
    order = unpaid()
    stop_reminding(order, by=by, now=NOON + MINUTE, why="买家说晚上付")
    assert remind_due(NOON + HOUR) == 0
    assert fresh(order).close_at is not None, "the closing stays"
    with pytest.raises(Refused, match="已经停止"):
        stop_reminding(order, by=by, now=NOON + HOUR)
    with pytest.raises(Refused, match="停止催付"):
        remind_now(order, by=by, now=NOON + HOUR)
    resume_reminding(order, by=by, now=NOON + HOUR)
    again = fresh(order)
    assert again.remind_at == NOON + HOUR + 30 * MINUTE
    assert again.close_at == order.close_at


def test_a_buyer_can_be_spared_for_good(by: Actor) -> None:
    order = unpaid()
    stop_reminding(order, by=by, now=NOON, never=True)
    assert fresh(order).facts([]).opted_out
    with pytest.raises(Refused, match="不接收消息"):
        resume_reminding(order, by=by, now=NOON + HOUR)


def test_now_is_a_step_of_its_own_and_waits_in_the_night_too(by: Actor) -> None:
    order = unpaid()
    remind_now(order, by=by, now=NOON + MINUTE)
    assert messages(order) == [(1, "sms", "queued")]
    assert fresh(order).remind_at == NOON + 6 * HOUR
    night = NOON + 11 * HOUR
    remind_now(order, by=by, now=night)
    row = order.messages.get(step=2)
    assert (row.state, row.send_at) == ("planned", NOON + 20 * HOUR)
    for _ in range(2):
        remind_now(order, by=by, now=NOON + 30 * HOUR)
    assert [step for step, *_ in messages(order)] == [1, 2, 3, 4], "by hand there is no last step"


# Past the limit


def test_past_the_limit_it_is_closed_and_platform_and_buyer_are_told() -> None:
    order = unpaid()
    limit = NOON + 72 * HOUR
    assert close_due(limit - MINUTE) == 0
    assert close_due(limit) == 1
    assert close_due(limit) == 0
    closed = fresh(order)
    assert (closed.state, closed.closed_from, closed.closed_at) == ("closed", "unpaid", limit)
    assert (closed.remind_at, closed.close_at) == (None, None)
    assert closed.version == order.version + 1
    told = timeline(order)[0]
    assert (told.verb, told.changes) == ("close_unpaid", [["状态", "未付款", "已关闭"]])
    assert closed.history.order_by("-history_id")[0].state == "closed"
    assert HandTask.objects.get(order=order, kind="close").text.endswith("超过 72 小时没有付款")
    assert order.messages.get().kind == "closed_unpaid"


def test_the_last_minutes_are_not_for_reminding() -> None:
    unpaid(shop=ShopFactory.create(code="short", reminder_steps=[60], unpaid_limit_h=1))
    assert remind_due(NOON + HOUR) == 0
    assert close_due(NOON + HOUR) == 1


def test_an_order_that_is_kept_for_its_buyer_waits_another_day(by: Actor) -> None:
    order = unpaid()
    hold_order(order, HoldKind.CUSTOMER, "明天付", by=by, now=NOON)
    limit = NOON + 72 * HOUR
    assert close_due(limit) == 1
    kept = fresh(order)
    assert (kept.state, kept.close_at) == ("unpaid", limit + 24 * HOUR)


def test_what_the_timer_closed_can_be_reopened_and_gets_its_time_again(by: Actor) -> None:
    order = unpaid()
    close_due(NOON + 72 * HOUR)
    later = NOON + 73 * HOUR
    reopen_order(order, by=by, now=later)
    again = fresh(order)
    assert (again.state, again.close_at) == ("unpaid", later + 72 * HOUR)
    assert close_due(later + HOUR) == 0


def test_a_reversed_payment_starts_the_timers_again(by: Actor) -> None:
    order = unpaid()
    mark_paid(order, Paid("T1", order.due, Gateway.BANK), by=by, now=NOON + MINUTE)
    reverse_payment(order, order.payments.get(), "没有到账", by=by, now=NOON + 2 * MINUTE)
    again = fresh(order)
    assert again.remind_at is not None
    assert again.close_at == NOON + 72 * HOUR


# A payment that comes too late


@pytest.fixture
def closed(db: None) -> Order:
    sku = SkuFactory.create(on_hand=1)
    order = unpaid(lines=[(sku, 1)])
    close_due(NOON + 72 * HOUR)
    return fresh(order)


def take_away(order: Order, pieces: int) -> None:
    sku, rows = order.lines.get().sku_id, list[Order]()
    assert sku is not None
    with act_on("adjust_stock", rows, by=TIMER):
        change(sku, on_hand=-pieces, why=MovementKind.ADJUSTED, ref="", now=NOON)


def pay(order: Order, by: Actor) -> Order:
    mark_paid(order, Paid("T1", order.due, Gateway.BANK), by=by, now=NOON + 80 * HOUR)
    return fresh(order)


def test_a_late_payment_reopens_the_order_when_stock_allows(closed: Order, by: Actor) -> None:
    paid = pay(closed, by)
    assert (paid.state, paid.paid_late, paid.owed_back) == ("paid", "reopened", 0)
    assert HandTask.objects.get(order=closed, kind="close").done_at is not None


def test_without_stock_the_money_is_owed_back(closed: Order, by: Actor) -> None:
    take_away(closed, 1)
    paid = pay(closed, by)
    assert (paid.state, paid.paid_late, paid.owed_back) == ("closed", "refund", paid.due)
    assert "款要退回" in timeline(paid)[0].reason


def test_what_the_platform_closed_is_not_reopened(closed: Order, by: Actor) -> None:
    Order.objects.filter(pk=closed.pk).update(platform_status="交易关闭")
    assert pay(closed, by).paid_late == "refund"


def test_the_database_keeps_timers_off_whatever_is_not_unpaid() -> None:
    order = OrderFactory.create()
    with pytest.raises(IntegrityError), transaction.atomic():
        Order.objects.filter(pk=order.pk).update(remind_at=NOON)


def test_a_due_order_is_found_along_the_partial_index() -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
    plan = Order.objects.filter(remind_at__lte=NOON).order_by("remind_at", "id").explain()
    assert "order_remind" in plan


# On the screens


def test_the_page_of_a_stop_spares_the_buyer_and_says_so(agent_client: Client) -> None:
    order = unpaid(timezone.now())
    answer = do(agent_client, "stop-reminding", order, why="买家说晚上付", never="on")
    html = agent_client.get(answer["Location"]).content.decode()
    assert "停止催付，买家什么消息都不接收" in html
    assert fresh(order).do_not_remind
    again = agent_client.get(reverse("remind-now", args=[order.order_no])).content.decode()
    assert "买家说过不接收消息" in again, "greyed with its reason"


def test_many_are_stopped_at_once_and_each_answers_for_itself(agent: User) -> None:
    first, paid = unpaid(), OrderFactory.create()
    job = do_bulk(
        "stop_reminding", [first, paid], {}, by=Actor.person(agent), now=NOON, token=uuid.uuid4()
    )
    assert [row[:2] for row in job.result["rows"]] == [
        [first.order_no, True],
        [paid.order_no, False],
    ]
    assert "不用催付" in job.result["rows"][1][2]
