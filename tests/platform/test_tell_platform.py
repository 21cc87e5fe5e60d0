"""What happened here is told to the platform; where no interface does it, a colleague does."""

from __future__ import annotations

import pytest
from django.utils import timezone

from core.acts import Actor, act
from orders.factories import OrderFactory, ShopFactory
from orders.models import HandTask, Order
from orders.policy import Contacted, Receiving
from orders.services.close import close_order, reopen_order
from orders.services.modify import modify_receiving
from orders.services.note import note
from orders.services.platform import BACKSTAGE, tell_platform, tell_platform_all
from orders.words import BY_HAND, Channel, HandTaskKind, IdentityKey

NOW = timezone.now()
IDENTIFIED = Contacted("qq", frozenset({IdentityKey.ORDER_NO, IdentityKey.MOBILE}))


def order_of(channel: Channel, **values: object) -> Order:
    shop = ShopFactory.create(code=channel.value, channel=channel.value)
    return OrderFactory.create(shop=shop, **values)


@pytest.fixture
def order(db: None) -> Order:
    return order_of(Channel.JD, state="unpaid")


def only_task(order: Order) -> HandTask:
    return order.hand_tasks.get()


def test_a_note_for_the_shop_is_to_be_written_into_its_memo(order: Order, by: Actor) -> None:
    note(order, "买家要送礼盒", for_shop=True, by=by, now=NOW)
    task = only_task(order)
    assert task.kind == "memo"
    assert task.text == "把这条备注写进卖家备注：买家要送礼盒"
    assert task.where == "京麦 → 订单管理"


def test_a_note_of_ours_is_not(order: Order, by: Actor) -> None:
    note(order, "{买家} 要送礼盒", by=by, now=NOW)
    assert not order.hand_tasks.exists()


def test_whatever_stands_in_a_note_is_taken_as_it_is(order: Order, by: Actor) -> None:
    note(order, "{买家} 要 {text}", for_shop=True, by=by, now=NOW)
    assert only_task(order).text.endswith("：{买家} 要 {text}")


def test_what_we_close_is_to_be_closed_there(order: Order, by: Actor) -> None:
    close_order(order, "拍错重拍", by=by, now=NOW, contact=IDENTIFIED)
    task = only_task(order)
    assert (task.kind, task.text) == ("close", "在平台上关闭这一单。原因：拍错重拍")


def test_reopening_takes_the_closing_there_back(order: Order, by: Actor) -> None:
    close_order(order, "拍错重拍", by=by, now=NOW, contact=IDENTIFIED)
    order.refresh_from_db()
    reopen_order(order, by=by, now=NOW)
    assert only_task(order).done_why == "订单重新打开了"


def test_a_new_address_is_to_be_changed_there_without_naming_it(order: Order, by: Actor) -> None:
    new = Receiving("李秋月", "13911112222", "", "浙江省", "杭州市", "西湖区", "文三路100号")
    modify_receiving(order, new, by=by, now=NOW)
    task = only_task(order)
    assert task.kind == "address"
    assert "文三路" not in task.text


def test_nothing_changed_is_nothing_to_tell(order: Order, by: Actor) -> None:
    modify_receiving(order, order.receiving, by=by, now=NOW)
    assert not order.hand_tasks.exists()


@pytest.mark.parametrize("channel", sorted(BY_HAND))
def test_orders_that_no_platform_knows_are_left_alone(
    db: None, by: Actor, channel: Channel
) -> None:
    order = order_of(channel)
    note(order, "送礼", for_shop=True, by=by, now=NOW)
    assert not order.hand_tasks.exists()


def test_every_other_channel_says_where_it_is_done() -> None:
    assert set(BACKSTAGE) == set(Channel) - BY_HAND


def test_many_are_told_at_once_and_each_once(db: None, by: Actor) -> None:
    orders = [order_of(Channel.PDD, state="unpaid") for _ in range(3)]
    told = [(order, "超时未付款") for order in orders]
    with act("close_order", orders[0], by=by, now=NOW):
        tell_platform_all(told, HandTaskKind.CLOSE, now=NOW)
        tell_platform_all(told, HandTaskKind.CLOSE, now=NOW)
    assert HandTask.objects.filter(order__in=orders, kind="close").count() == 3


def test_it_belongs_to_an_act(order: Order) -> None:
    with pytest.raises(RuntimeError, match="inside an act"):
        tell_platform(order, HandTaskKind.CLOSE, now=NOW, text="拍错重拍")
