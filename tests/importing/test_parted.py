"""Orders that were split or merged here, when the platform tells of their numbers again (5.a, 2.b).

Nothing counts twice, nothing is sent that was refunded, nothing is lost.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from core.acts import TIMER, Actor, act
from core.money import ZERO
from core.verdict import Refused
from orders.models import Hold, OldWaybill, Order, Payment
from orders.selectors.order import timeline
from orders.services.difference import settle_difference
from orders.services.merge import merge_orders
from orders.services.release import release
from orders.services.split import Wish, split_order
from orders.words import OrderState
from tests.formats.files import taobao, taobao_items
from tests.importing.conftest import Load, send_on

pytestmark = pytest.mark.django_db
AGENT = Actor("person", "李雷")
FIRST, SECOND = "351531170200000001", "351531170200000002"
SAME = {"订单编号": FIRST, "买家会员名": "tb_chen"}
OTHER = {"订单编号": SECOND, "买家会员名": "tb_chen"}
THREE = {"订单编号": FIRST, "宝贝种类": "2", "宝贝总数量": "3"}
SHIPPED = {
    "订单状态": "卖家已发货，等待买家确认",
    "物流单号": "No:YT1234567890123",
    "物流公司": "圆通速递",
}
RECEIVED = {"订单状态": "交易成功"}
CLOSED = {"订单状态": "交易关闭", "订单关闭原因": "买家申请退款"}
ADDRESS = {"收货地址": "浙江省 杭州市 西湖区 文三路 1 号(310000)"}


def numbered(number: str) -> Order:
    return Order.objects.get(platform_no=number, part=0)


@pytest.fixture
def merged(load: Load) -> tuple[Order, Order]:
    """Two orders of the platform, merged into the first."""
    load(taobao(SAME, OTHER))
    merge_orders(numbered(FIRST), [numbered(SECOND)], by=AGENT, now=timezone.now())
    return numbered(FIRST), numbered(SECOND)


@pytest.fixture
def parts(load: Load) -> tuple[Order, Order]:
    """One order of the platform with three pieces of two goods, split."""
    one, two = {"订单编号": FIRST}, {"订单编号": FIRST, "标题": "锅盖", "购买数量": "2"}
    load(taobao(SAME | THREE), taobao_items(one, two | {"商家编码": "L", "外部系统编号": "L"}))
    order = numbered(FIRST)
    line = order.lines.last()
    assert line is not None
    split_order(order, Wish({line.pk: line.quantity}), by=AGENT, now=timezone.now())
    order.refresh_from_db()
    return order, Order.objects.get(part=1)


def held(order: Order) -> dict[str, str]:
    holds = Hold.objects.filter(order=order, state="open")
    return {f"{hold.kind} {hold.cause}": hold.reason for hold in holds}


def sent(order: Order) -> None:
    """The warehouse ships it."""
    with act("seed", order, by=TIMER) as (row, log):
        row.released_at = timezone.now()
        row.begin()
        row.pack()
        row.ship(timezone.now())
        row.waybill = "SF0001"
        log.changed([])


# -- merged --------------------------------------------------------------------------------------


def test_the_same_export_again_changes_nothing(load: Load, merged: tuple[Order, Order]) -> None:
    first, second = merged
    before = list(Order.objects.order_by("pk").values()), list(Payment.objects.values())
    counts = load(taobao(SAME, OTHER))
    assert counts["unchanged"] == 2
    load(taobao(SAME | {"订单备注": "加急"}, OTHER | {"订单备注": "加急"}))
    for order in (first, second):
        order.refresh_from_db()
    assert list(Payment.objects.values()) == before[1]
    assert (first.state, second.state) == ("paid", "closed")
    assert (first.due, first.paid) == (before[0][0]["due"], before[0][0]["paid"])
    assert held(first) == held(second) == {}
    assert first.lines.count() == 2


def test_a_merged_number_that_is_refunded_there_holds_the_parcel(
    load: Load, merged: tuple[Order, Order]
) -> None:
    first, second = merged
    load(taobao(OTHER | CLOSED))
    [(hold, reason)] = held(first).items()
    assert hold == f"refund platform:{second.order_no}"
    assert SECOND in reason
    assert timeline(first)[0].verb == "import_orders"
    with pytest.raises(Refused):
        release(first, by=AGENT, now=timezone.now())


def test_what_a_person_lifted_is_not_opened_again_by_the_same_news(
    load: Load, merged: tuple[Order, Order]
) -> None:
    first, _ = merged
    load(taobao(OTHER | CLOSED))
    with act("lift_hold", first, by=AGENT) as (row, _log):
        for hold in row.holds.filter(state="open"):
            hold.lift(timezone.now(), "去掉了")
            hold.save()
    load(taobao(OTHER | CLOSED | {"订单备注": "x"}))
    assert held(first) == {}


def test_the_survivors_own_number_closed_there_does_not_close_the_others_goods(
    load: Load, merged: tuple[Order, Order]
) -> None:
    first, _ = merged
    load(taobao(SAME | CLOSED))
    first.refresh_from_db()
    assert first.state == "paid"
    assert list(held(first)) == ["refund platform"]


def test_it_is_taken_back_when_it_was_released(load: Load, merged: tuple[Order, Order]) -> None:
    first, _ = merged
    send_on(first)
    load(taobao(OTHER | CLOSED))
    first.refresh_from_db()
    assert first.released_at is None


def test_money_that_comes_late_for_a_merged_number_lands_on_the_one_that_is_left(
    load: Load, merged: tuple[Order, Order]
) -> None:
    first, second = merged
    paid = first.paid
    own = Payment.objects.get(came_with=second).amount
    more = OTHER | {"总金额": str(own + 5), "买家实际支付金额": str(own + 5)}
    load(taobao(more))
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.paid, second.paid) == (paid + 5, ZERO)
    late = Payment.objects.latest("pk")
    assert (late.order_id, late.came_with_id, late.amount) == (first.pk, second.pk, Decimal(5))
    load(taobao(more | {"订单备注": "x"}))
    first.refresh_from_db()
    assert first.paid == paid + 5


def test_an_address_changed_for_one_number_only_waits_for_a_person(
    load: Load, merged: tuple[Order, Order]
) -> None:
    first, second = merged
    street = first.street
    load(taobao(OTHER | ADDRESS))
    first.refresh_from_db()
    assert first.street == street
    assert list(held(first)) == ["review merged:place"]
    load(taobao(SAME | ADDRESS))
    first.refresh_from_db()
    second.refresh_from_db()
    assert first.street == second.street != street
    assert held(first) == {}


def test_what_the_platform_hides_since_is_no_change_of_a_merged_number(
    load: Load, merged: tuple[Order, Order]
) -> None:
    first, second = merged
    known = second.mobile
    load(taobao(OTHER | {"联系手机": "$$8a7d~Q=="}))
    second.refresh_from_db()
    assert (second.mobile, held(first)) == (known, {})


def test_an_address_changed_for_both_at_once_is_followed(
    load: Load, merged: tuple[Order, Order]
) -> None:
    first, _ = merged
    load(taobao(SAME | ADDRESS, OTHER | ADDRESS))
    first.refresh_from_db()
    assert "文三路" in first.street
    assert held(first) == {}


def test_after_it_left_both_numbers_follow_without_a_word(
    load: Load, merged: tuple[Order, Order]
) -> None:
    first, second = merged
    sent(first)
    load(taobao(SAME | SHIPPED, OTHER | SHIPPED))
    load(taobao(SAME | SHIPPED | RECEIVED, OTHER | SHIPPED | RECEIVED))
    first.refresh_from_db()
    second.refresh_from_db()
    assert first.state in (OrderState.RECEIVED, OrderState.COMPLETED)
    assert second.state == "closed"
    assert held(first) == {}
    assert OldWaybill.objects.filter(order=first).exists()


def test_a_merged_number_shipped_there_by_hand_is_asked_about(
    load: Load, merged: tuple[Order, Order]
) -> None:
    first, second = merged
    load(taobao(OTHER | SHIPPED))
    assert list(held(first)) == [f"review platform:{second.order_no}"]


def test_an_older_export_of_a_merged_number_changes_nothing(
    load: Load, merged: tuple[Order, Order]
) -> None:
    first, _ = merged
    counts = load(taobao(OTHER | {"订单状态": "等待买家付款", "买家实际支付金额": "0.00"}))
    assert counts["unchanged"] == 1
    assert held(first) == {}


# -- split ---------------------------------------------------------------------------------------


def test_a_split_order_is_not_paid_again(load: Load, parts: tuple[Order, Order]) -> None:
    first, second = parts
    before = first.paid, second.paid
    load(taobao(SAME | THREE | {"订单备注": "加急"}))
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.paid, second.paid) == before
    assert first.seller_memo == "加急"
    assert held(first) == held(second) == {}
    assert first.lines.count() == second.lines.count() == 1


def test_a_refund_there_holds_every_part_that_has_not_left(
    load: Load, parts: tuple[Order, Order]
) -> None:
    first, second = parts
    load(taobao(SAME | THREE | CLOSED))
    first.refresh_from_db()
    assert first.state == "closed"
    assert list(held(second)) == [f"refund platform:{first.order_no}"]


def test_the_second_parts_parcel_does_not_ship_the_first(
    load: Load, parts: tuple[Order, Order]
) -> None:
    first, second = parts
    sent(second)
    load(taobao(SAME | THREE | SHIPPED | {"物流单号": "No:SF0001"}))
    first.refresh_from_db()
    assert (first.state, first.waybill) == ("paid", "")
    assert held(first) == {}


def test_the_first_shipped_there_asks_about_the_second(
    load: Load, parts: tuple[Order, Order]
) -> None:
    first, second = parts
    load(taobao(SAME | THREE | SHIPPED))
    first.refresh_from_db()
    assert first.state == "shipped"
    assert list(held(second)) == ["review import:shipped"]


def test_received_there_is_received_for_each_part_that_left(
    load: Load, parts: tuple[Order, Order]
) -> None:
    first, second = parts
    sent(first)
    sent(second)
    load(taobao(SAME | THREE | SHIPPED | RECEIVED | {"物流单号": "No:SF0001"}))
    for order in parts:
        order.refresh_from_db()
        assert order.state in (OrderState.RECEIVED, OrderState.COMPLETED)


def test_an_address_changed_there_is_asked_about_for_the_other_part(
    load: Load, parts: tuple[Order, Order]
) -> None:
    first, second = parts
    load(taobao(SAME | THREE | ADDRESS))
    first.refresh_from_db()
    assert "文三路" in first.street
    assert list(held(second)) == ["review import:changed"]


def test_the_platforms_goods_are_not_put_in_place_of_a_part(
    load: Load, parts: tuple[Order, Order]
) -> None:
    first, _ = parts
    load(
        taobao(SAME | THREE | {"宝贝种类": "1"}), taobao_items({"订单编号": FIRST, "购买数量": "3"})
    )
    hold = first.holds.get(state="open", cause="import:lines")
    with pytest.raises(Refused, match="拆过或合过"):
        settle_difference(
            first, hold, "theirs", by=AGENT, now=timezone.now() + timedelta(minutes=1)
        )
    assert first.lines.count() == 1
