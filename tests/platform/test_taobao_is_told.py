"""What happens on a Taobao order is told to the platform by messages, once in effect."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from connectors.sandbox import taobao as imitated
from connectors.sandbox.server import Sandbox
from core.acts import TIMER, Actor
from core.messages import deliver_due
from core.models import OutboxMessage
from core.verdict import Refused
from orders.models import Order, Shop
from orders.policy import Contacted, Receiving
from orders.selectors.order import timeline
from orders.services.account import save_account
from orders.services.close import close_order, reopen_order
from orders.services.modify import modify_receiving
from orders.services.note import note
from orders.services.pay import Paid, mark_paid
from orders.words import Gateway, IdentityKey
from staff.models import Notice
from tests.connectors.trades import NUMBER, trade, unpaid
from tests.platform.conftest import done, put

NEW = Receiving("李秋月", "13911112222", "", "浙江省", "杭州市", "西湖区", "文三路100号")
IDENTIFIED = Contacted("qq", frozenset({IdentityKey.ORDER_NO, IdentityKey.MOBILE}))


def deliver(minutes: int = 0) -> OutboxMessage:
    """Deliver what is due in so many minutes; the one message of the test."""
    deliver_due(timezone.now() + timedelta(minutes=minutes, seconds=1))
    return OutboxMessage.objects.filter(topic__startswith="platform.").get()


def write_note(order: Order, by: Actor, text: str = "送礼盒") -> None:
    note(order, text, for_shop=True, by=by, now=timezone.now())


def close(sandbox: Sandbox, order: Order, by: Actor) -> Order:
    """Both sides unpaid, closed by an agent."""
    put(sandbox, unpaid())
    Order.objects.filter(pk=order.pk).update(state="unpaid", paid=0, paid_at=None)
    fresh = Order.objects.select_related("shop").get(pk=order.pk)
    close_order(fresh, "拍错重拍", by=by, now=timezone.now(), contact=IDENTIFIED)
    fresh.refresh_from_db()
    return fresh


# The memo


def test_a_note_is_added_to_the_seller_memo_and_the_flag_stays(
    sandbox: Sandbox, order: Order, by: Actor
) -> None:
    put(sandbox, trade(seller_memo="老客户", seller_flag=3))
    write_note(order, by)
    assert deliver().state == "done"
    [(what, data)] = done(sandbox)
    assert what == "memo"
    assert data["memo"].startswith("老客户\n送礼盒（王芳 ")
    assert data["flag"] == 3
    assert timeline(order)[0].summary == "备注已写进平台的卖家备注"
    assert not order.hand_tasks.exists()


@pytest.mark.parametrize("fault", ["error_500_after", "timeout_after", "error_500"])
def test_whatever_breaks_on_the_way_it_stands_there_once(
    sandbox: Sandbox, order: Order, by: Actor, fault: str
) -> None:
    write_note(order, by)
    sandbox.state.fault("taobao", fault, times=4)
    assert deliver().state == "pending"
    assert deliver(minutes=300).state == "done"
    assert [what for what, _ in done(sandbox)] == ["memo"]
    assert [act.verb for act in timeline(order)].count("tell_platform") == 1


def test_a_message_that_comes_again_changes_nothing(
    sandbox: Sandbox, order: Order, by: Actor
) -> None:
    """The worker died between the deed and saying that it is done."""
    write_note(order, by)
    first = deliver()
    OutboxMessage.objects.filter(pk=first.pk).update(state="pending")
    assert deliver(minutes=2).tries == 2
    assert len(done(sandbox)) == 1
    assert [act.verb for act in timeline(order)].count("tell_platform") == 1


def test_two_notes_stand_there_in_their_order(sandbox: Sandbox, order: Order, by: Actor) -> None:
    write_note(order, by, "第一条")
    write_note(order, by, "第二条")
    deliver_due(timezone.now() + timedelta(seconds=1))
    deliver_due(timezone.now() + timedelta(seconds=1))
    memo = done(sandbox)[-1][1]["memo"]
    assert memo.index("第一条") < memo.index("第二条")


def test_the_message_carries_no_text(order: Order, by: Actor) -> None:
    write_note(order, by, "张三 13800138000")
    assert "13800138000" not in str(OutboxMessage.objects.get(topic="platform.memo").payload)


# What the platform does not take


def test_what_it_refuses_becomes_a_hand_task_with_its_reason(
    sandbox: Sandbox, order: Order, by: Actor
) -> None:
    imitated.trades(sandbox.state).clear()
    write_note(order, by)
    assert deliver().state == "done"
    task = order.hand_tasks.get()
    assert task.text.startswith("把这条备注写进卖家备注：送礼盒（淘宝：平台上没有这一单")
    assert timeline(order)[0].summary == "转成手工事项：写卖家备注"


def test_an_account_that_was_switched_off_meanwhile_becomes_one_too(
    order: Order, shop: Shop, by: Actor
) -> None:
    write_note(order, by)
    save_account(shop, "taobao", {}, active=False, by=TIMER, now=timezone.now())
    deliver()
    assert "没有启用" in order.hand_tasks.get().text


def test_without_an_account_it_is_one_from_the_start(order: Order, shop: Shop, by: Actor) -> None:
    save_account(shop, "taobao", {}, active=False, by=TIMER, now=timezone.now())
    write_note(order, by)
    assert order.hand_tasks.get().where == "千牛 → 交易 → 已卖出的宝贝"
    assert not OutboxMessage.objects.filter(topic__startswith="platform.").exists()


@time_machine.travel("2026-11-25 10:00+08:00")
def test_a_consent_that_ran_out_waits_and_the_owner_is_told_once_a_day(
    sandbox: Sandbox, order: Order, by: Actor
) -> None:
    sandbox.state.store("taobao")["expired"] = True
    write_note(order, by)
    waiting = deliver()
    assert (waiting.state, waiting.tries) == ("pending", 0)
    assert "重新授权" in waiting.error
    with time_machine.travel(timezone.now() + timedelta(minutes=31)):
        assert deliver().state == "pending"
    assert Notice.objects.filter(role="owner", text__contains="授权到期").count() == 1
    sandbox.state.store("taobao")["expired"] = False
    assert deliver(minutes=70).state == "done"
    assert len(done(sandbox)) == 1


# Closing


def test_what_we_close_is_closed_there_with_a_reason_that_it_knows(
    sandbox: Sandbox, order: Order, by: Actor
) -> None:
    order = close(sandbox, order, by)
    assert deliver().state == "done"
    assert done(sandbox) == [("close", {"reason": "买家拍错了"})]
    with pytest.raises(Refused, match="平台关单"):
        reopen_order(order, by=by, now=timezone.now())


def test_what_was_opened_again_before_stays_open_there(
    sandbox: Sandbox, order: Order, by: Actor
) -> None:
    order = close(sandbox, order, by)
    reopen_order(order, by=by, now=timezone.now())
    assert deliver().state == "done"
    assert done(sandbox) == []


def test_what_the_buyer_paid_meanwhile_is_handed_to_a_person(
    sandbox: Sandbox, order: Order, by: Actor
) -> None:
    order = close(sandbox, order, by)
    put(sandbox, trade())
    deliver()
    task = order.hand_tasks.get()
    assert task.text.startswith("在平台上关闭这一单。原因：拍错重拍（淘宝：")


# The address


def test_a_new_address_is_told_as_it_stands_at_last(
    sandbox: Sandbox, order: Order, by: Actor
) -> None:
    modify_receiving(order, NEW, by=by, now=timezone.now())
    assert deliver().state == "done"
    known = imitated.trades(sandbox.state)[str(NUMBER)]
    assert (known["receiver_name"], known["receiver_city"]) == ("李秋月", "杭州市")
    assert len(done(sandbox)) == 1


def test_before_the_payment_it_waits(sandbox: Sandbox, order: Order, by: Actor) -> None:
    put(sandbox, unpaid())
    Order.objects.filter(pk=order.pk).update(state="unpaid", paid=0, paid_at=None)
    order = Order.objects.select_related("shop").get(pk=order.pk)
    modify_receiving(order, NEW, by=by, now=timezone.now())
    assert "等买家付款" in deliver().error
    put(sandbox, trade())
    order.refresh_from_db()
    paid = Paid("T1", order.due, Gateway.BANK, "")
    mark_paid(order, paid, by=by, now=timezone.now())
    assert deliver(minutes=31).state == "done"
    assert [what for what, _ in done(sandbox)] == ["address"]


def test_what_left_meanwhile_is_left_alone(sandbox: Sandbox, order: Order, by: Actor) -> None:
    modify_receiving(order, NEW, by=by, now=timezone.now())
    Order.objects.filter(pk=order.pk).update(state="shipped")
    assert deliver().state == "done"
    assert done(sandbox) == []


def test_what_is_still_masked_cannot_be_written_back(order: Order, by: Actor) -> None:
    modify_receiving(order, NEW, by=by, now=timezone.now())
    Order.objects.filter(pk=order.pk).update(masked=True)
    deliver()
    assert "遮盖" in order.hand_tasks.get().text
