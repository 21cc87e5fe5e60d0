"""The demo's unpaid orders: what the timers did until now, and what they will do (SOP 2.a, 6.b)."""

from __future__ import annotations

from datetime import timedelta

from core.acts import act
from core.models import MessageState, OutboxMessage
from orders.models import CustomerMessage, Order
from orders.services.close_unpaid import close_due
from orders.services.late_goods import tell_delays
from orders.services.news import shipped
from orders.services.pay import Paid, mark_paid
from orders.services.remind import remind_due
from orders.services.reminders import stop_reminding, tick_told
from orders.services.seed.demo.stage import PLATFORM, Stage, enter
from orders.services.telling import tell_buyers
from orders.words import Gateway, OrderState, TellState

S = OrderState
DAYS = 5


def play(stage: Stage) -> None:
    """Orders about to be reminded and closed, closed by the timer, paid too late; then the past."""
    enter(stage, "taobao", stage.ago(minutes=27), S.UNPAID)  # reminded in some minutes
    enter(stage, "tmall", stage.ago(hours=72) + timedelta(minutes=6), S.UNPAID)  # closed then
    for hours in (6, 30, 40):  # no telephone: a colleague tells, one is ticked
        enter(stage, "pdd", stage.ago(hours=hours), S.UNPAID)
    enter(stage, "taobao", stage.ago(hours=100), S.UNPAID)
    late = [enter(stage, "tmall", stage.ago(hours=90), S.UNPAID) for _ in range(2)]
    _let_time_pass(stage)
    _paid_late(stage, late)
    _told(stage)
    _all_sent()


def _let_time_pass(stage: Stage) -> None:
    """The sweeps of the last days, an hour apart."""
    for hours in range(DAYS * 24, -1, -1):
        now = stage.ago(hours=hours)
        while close_due(now):
            pass
        while remind_due(now):
            pass
    tell_delays(stage.now)


def _paid_late(stage: Stage, orders: list[Order]) -> None:
    for number, order in enumerate(orders, start=1):
        order.refresh_from_db()
        paid = Paid(f"LATE{number}", order.due, Gateway.ALIPAY)
        if number == 2:
            Order.objects.filter(pk=order.pk).update(platform_status="交易关闭")
        mark_paid(order, paid, by=PLATFORM, now=stage.ago(hours=2))


def _told(stage: Stage) -> None:
    """What left today is told; one in the chat is ticked, one order is reminded no more."""
    sent = Order.objects.filter(state="shipped", shipped_at__gt=stage.ago(hours=20))
    now = stage.ago(minutes=50)
    for left in sent[:6]:
        with act("tell_customer", left, by=PLATFORM, now=now) as (row, log):
            tell_buyers([shipped(row, row.shipped_at or now)], now)
            log.noted("告知买家已发货", clause="6.b")
    to_tell = CustomerMessage.objects.filter(state=TellState.TO_TELL.value).order_by("id")
    if message := to_tell.select_related("order").first():
        tick_told(message, by=stage.by("agent"), now=stage.ago(minutes=40))
    waiting = Order.objects.filter(state="unpaid", remind_at__isnull=False).order_by("-remind_at")
    if order := waiting.first():
        by, now = stage.by("agent2"), stage.ago(minutes=30)
        stop_reminding(order, by=by, now=now, why="买家说晚上付款")


def _all_sent() -> None:
    """What the past sent has been sent: the worker must not send it again."""
    waiting = OutboxMessage.objects.filter(topic="customer.message")
    for message in waiting:
        waiting.filter(pk=message.pk).update(
            state=MessageState.DONE, done_at=message.not_before, tries=1
        )
    for row in CustomerMessage.objects.filter(state=TellState.QUEUED.value):
        CustomerMessage.objects.filter(pk=row.pk).update(state=TellState.SENT, done_at=row.at)
