"""What was sold on Taobao is asked for by a timer and registered like a file's orders (5.a)."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from connectors.sandbox.server import Sandbox
from core.acts import TIMER, Actor
from core.messages import deliver_due
from core.models import OutboxMessage
from orders.models import Order, PullCursor, Shop
from orders.selectors.order import timeline
from orders.services.account import save_account
from orders.services.importing.pull import ask_for_sold
from orders.services.note import note
from staff.models import Notice
from stock.factories import SkuFactory
from tests.connectors.trades import NUMBER, line, trade, unpaid
from tests.platform.conftest import done, put

MINUTES = timedelta(minutes=1)


def pull(rounds: int = 2) -> None:
    """The sweep again and again until nothing new comes."""
    for _ in range(rounds):
        ask_for_sold(timezone.now())
        deliver_due(timezone.now() + timedelta(seconds=1))


def at(minutes: int) -> Any:
    """So many minutes later."""
    return time_machine.travel(timezone.now() + minutes * MINUTES)


def only() -> Order:
    return Order.objects.get()


def told(topic: str, state: str) -> int:
    return OutboxMessage.objects.filter(topic=topic, state=state).count()


def test_a_sold_order_stands_here_with_goods_and_payment(sandbox: Sandbox, shop: Shop) -> None:
    SkuFactory.create(code="YM01-L")
    put(sandbox, trade())
    pull()
    order = only()
    assert (order.platform_no, order.state, order.shop) == (str(NUMBER), "paid", shop)
    assert (order.paid, order.due) == (Decimal("172.00"), Decimal("172.00"))
    assert order.payments.get().trade.gateway == "platform"
    assert order.lines.get().code == "YM01-L"
    assert (order.buyer, "*" in order.buyer_account) == (None, True)  # a mask is nobody's
    assert timeline(order)[0].summary == "导入新订单"


def test_asked_again_nothing_is_written_again(sandbox: Sandbox, shop: Shop) -> None:
    put(sandbox, trade())
    pull()
    version = only().version
    with at(3):
        pull(2)
    assert told("platform.trade", "done") == 1
    assert (only().version, only().history.count()) == (version, 1)


def test_a_payment_arrives_on_the_order_that_waits_for_it(sandbox: Sandbox, shop: Shop) -> None:
    put(sandbox, unpaid())
    pull()
    assert only().state == "unpaid"
    with at(30):
        put(sandbox, trade(at=timezone.now() - MINUTES))
        pull(2)
    order = only()
    assert (order.state, order.paid) == ("paid", Decimal("172.00"))
    assert order.payments.count() == 1


def test_a_top_up_order_arrives_as_one(sandbox: Sandbox, shop: Shop) -> None:
    put(sandbox, trade(orders={"order": [line(title="补差价专拍链接")]}))
    pull()
    assert only().is_top_up


def test_our_own_note_comes_back_without_a_change(
    sandbox: Sandbox, order: Order, by: Actor
) -> None:
    note(order, "送礼盒", for_shop=True, by=by, now=timezone.now())
    deliver_due(timezone.now() + timedelta(seconds=1))
    with at(5):
        pull()
    assert "送礼盒" in only().seller_memo
    assert [what for what, _ in done(sandbox)] == ["memo"]


def test_one_that_cannot_be_read_fails_alone_and_is_seen(sandbox: Sandbox, shop: Shop) -> None:
    put(sandbox, trade(status="SOMETHING_NEW"), trade(NUMBER + 1), trade(NUMBER + 2))
    pull()
    assert Order.objects.count() == 2
    failed = OutboxMessage.objects.get(topic="platform.trade", state="failed")
    assert f"平台单 {NUMBER} 没有收进来：不认识订单状态" in failed.error
    with at(10):
        put(sandbox, trade(at=timezone.now() - MINUTES))
        pull(2)
    assert Order.objects.count() == 3


# How far it was read


def test_a_shop_that_was_just_connected_is_read_a_week_back(sandbox: Sandbox, shop: Shop) -> None:
    now = timezone.now()
    put(sandbox, trade(at=now - timedelta(days=6, hours=20)))
    put(sandbox, trade(NUMBER + 1, at=now - timedelta(days=8)))
    pull(1)
    assert only().platform_no == str(NUMBER)
    assert PullCursor.objects.get(shop=shop).read_to > now - 2 * MINUTES


def test_after_a_day_of_standstill_nothing_is_missing(sandbox: Sandbox, shop: Shop) -> None:
    pull()
    with at(60 * 26):
        for hours in (25, 13, 1):
            put(sandbox, trade(NUMBER + hours, at=timezone.now() - timedelta(hours=hours)))
        pull(5)
    assert Order.objects.count() == 3


def test_what_the_platform_writes_late_is_still_seen(sandbox: Sandbox, shop: Shop) -> None:
    pull()
    put(sandbox, trade(at=timezone.now() - 5 * MINUTES))
    with at(2):
        pull(1)
    assert Order.objects.count() == 1


def test_a_failed_question_does_not_move_the_place(sandbox: Sandbox, shop: Shop) -> None:
    put(sandbox, trade())
    sandbox.state.fault("taobao", "error_500", times=2)
    pull(1)
    assert not PullCursor.objects.exists()
    with at(2):
        pull()
    assert only().platform_no == str(NUMBER)


def test_one_question_waits_for_each_connected_shop(sandbox: Sandbox, shop: Shop) -> None:
    assert ask_for_sold(timezone.now()) == 1
    assert ask_for_sold(timezone.now()) == 0
    save_account(shop, "taobao", {}, active=False, by=TIMER, now=timezone.now())
    deliver_due(timezone.now() + timedelta(seconds=1))
    assert ask_for_sold(timezone.now()) == 0
    assert told("platform.pull", "done") == 1


@pytest.mark.parametrize(
    ("store", "said"), [("expired", "授权到期"), ("limited", ""), ("nothing", "收不进来")]
)
def test_it_waits_while_the_platform_does_not_let_us(
    sandbox: Sandbox, shop: Shop, store: str, said: str
) -> None:
    sandbox.state.store("taobao")[store] = True
    if store == "nothing":
        save_account(
            shop, "taobao", {"app_key": "1", "app_secret": "x"}, by=TIMER, now=timezone.now()
        )
    pull(3)
    [waiting] = OutboxMessage.objects.filter(topic="platform.pull")
    assert (waiting.state, waiting.tries) == ("pending", 0)
    assert Notice.objects.filter(role="owner").count() == bool(said)
    assert all(said in notice.text for notice in Notice.objects.all())


# Beside the files of the same shop


def test_goods_that_a_file_wrote_otherwise_are_not_taken_for_others(
    sandbox: Sandbox, shop: Shop
) -> None:
    put(sandbox, trade())
    pull()
    known = only().lines.get()
    known.__class__.objects.filter(pk=known.pk).update(spec="颜色分类：藏青；尺码：L")
    with at(5):
        put(sandbox, trade(at=timezone.now() - MINUTES, buyer_message="改发圆通"))
        pull(2)
    assert only().buyer_message == "改发圆通"
    assert only().lines.get().pk == known.pk


def test_what_the_platform_paid_is_not_counted_twice(sandbox: Sandbox, shop: Shop) -> None:
    put(sandbox, trade())
    pull()
    Order.objects.update(paid=Decimal("162.00"), paid_by_platform=Decimal("10.00"))
    with at(5):
        put(sandbox, trade(at=timezone.now() - MINUTES, buyer_message="改发圆通"))
        pull(2)
    assert only().paid == Decimal("162.00")
    assert only().payments.count() == 1
