"""The same order in a later file, in an older one, and after an agent's hand (SOP 5.a)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.acts import TIMER, act
from core.models import Act
from core.money import ZERO
from orders.models import Hold, Order
from orders.policy import Receiving
from orders.services.close import close_order
from orders.services.difference import THEIRS, settle_difference
from orders.services.hold import open_hold
from orders.services.intercept import ask_stop
from orders.services.modify import modify_receiving
from orders.words import HoldKind, OrderState, Stop
from tests.formats.files import taobao, taobao_items
from tests.importing.conftest import Load, send_on, the_order

pytestmark = pytest.mark.django_db
UNPAID: dict[str, str] = {
    "订单状态": "等待买家付款",
    "订单付款时间": "",
    "买家实际支付金额": "0.00",
}
SHIPPED = {
    "订单状态": "卖家已发货，等待买家确认",
    "物流单号": "No:YT1234567890123",
    "物流公司": "圆通速递",
}
CLOSED = {"订单状态": "交易关闭", "订单关闭原因": "买家不想要了"}
ADDRESS = "浙江省 杭州市 西湖区 文三路 1 号(310000)"


def again(load: Load, **cells: str) -> str:
    """What became of the order: created, updated or unchanged."""
    counts = load(taobao(cells))
    return next(name for name in ("created", "updated", "unchanged") if counts[name])


def reasons() -> dict[str, str]:
    return {hold.cause: hold.reason for hold in Hold.objects.filter(state="open")}


def by_hand(order: Order, **changes: str) -> None:
    """An agent changes the receiving information."""
    new = Receiving(**(order.receiving.values() | changes))
    modify_receiving(order, new, by=TIMER, now=timezone.now())


def in_state(order: Order, *steps: str) -> None:
    """The warehouse goes on with the order."""
    with act("seed", order, by=TIMER) as (row, log):
        for step in steps:
            getattr(row, step)()
        log.changed([])


# The same, the newer, the older


def test_the_same_file_twice_changes_nothing(load: Load) -> None:
    rows = taobao({}, UNPAID, SHIPPED | {"收货地址": "广东省"}, CLOSED)
    load(rows, taobao_items({}))
    before = list(Order.objects.order_by("id").values())
    history, acts = Order.history.count(), Act.objects.count()
    counts = load(rows, taobao_items({}))
    assert (counts["unchanged"], counts["updated"], counts["created"]) == (4, 0, 0)
    assert list(Order.objects.order_by("id").values()) == before
    assert Order.history.count() == history
    assert Act.objects.exclude(verb="import_orders", part_of=None).count() + 1 == acts


def test_a_newer_export_takes_the_order_on(load: Load) -> None:
    load(taobao(UNPAID))
    assert again(load) == "updated"
    order = the_order()
    assert (order.state, order.paid) == ("paid", Decimal("211.12"))
    assert order.ship_by is not None
    assert again(load, **SHIPPED) == "updated"
    order = the_order()
    assert (order.state, order.waybill, order.carrier) == ("shipped", "YT1234567890123", "YTO")
    told = Act.objects.filter(order_no=order.order_no).order_by("-at").first()
    assert told is not None
    assert ["状态", "已付款", "已发货"] in told.changes


def test_an_older_export_takes_nothing_back(load: Load) -> None:
    load(taobao(SHIPPED))
    before = Order.objects.values().get()
    assert again(load) == "unchanged"
    assert again(load, **UNPAID) == "unchanged"
    assert Order.objects.values().get() == before


def test_an_older_export_in_the_same_state_takes_nothing_back(load: Load) -> None:
    load(taobao({}))
    assert again(load, 收货地址=ADDRESS) == "updated"
    assert again(load) == "unchanged"
    assert the_order().city == "杭州市"


@given(st.lists(st.sampled_from([0, 1, 2, 3]), min_size=2, max_size=6))
@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_exports_in_any_order_end_in_the_newest_state(load: Load, order: list[int]) -> None:
    number = f"88{''.join(map(str, order)):0<14}"
    exports = [UNPAID, {}, SHIPPED, {**SHIPPED, "订单状态": "交易成功"}]
    states = ["unpaid", "paid", "shipped", "completed"]
    for place in order:
        load(taobao({"订单编号": number} | exports[place]))
    assert Order.objects.get(platform_no=number).state == states[max(order)]


def test_the_details_that_come_later_fill_the_lines(load: Load) -> None:
    two = taobao({"宝贝种类": "2", "宝贝总数量": "2", "宝贝标题": "甲，乙"})
    load(two)
    assert the_order().lines_unclear
    items = taobao_items({}, {"订单编号": '="35153131473000001"', "标题": "锅盖", "商家编码": "L"})
    assert load(two, items)["updated"] == 1
    order = the_order()
    assert not order.lines_unclear
    assert [line.title for line in order.lines.all()] == ["【顺丰包邮】雪平锅不锈钢", "锅盖"]


def test_an_export_without_a_column_empties_nothing(load: Load) -> None:
    load(taobao({"买家留言": "请用顺丰", "订单备注": "老客户"}))
    rows = taobao({})
    dropped = {rows[0].index("买家留言"), rows[0].index("订单备注")}
    load([[cell for place, cell in enumerate(row) if place not in dropped] for row in rows])
    order = the_order()
    assert (order.buyer_message, order.seller_memo) == ("请用顺丰", "老客户")


def test_a_price_that_the_seller_lowered_before_payment_counts(load: Load) -> None:
    load(taobao(UNPAID))
    again(load, **UNPAID, 买家应付货款="190.00", 总金额="200.00")
    assert the_order().facts().unpaid_rest == Decimal("200.00")


def test_what_went_back_on_the_platform_is_known(load: Load) -> None:
    load(taobao({}))
    again(load, **CLOSED, 退款金额="211.12")
    order = the_order()
    assert (order.state, order.closed_from) == ("closed", "paid")
    assert order.refunded_before == Decimal("211.12")


# The buyer's changes on the platform


def test_a_released_order_is_taken_back_when_the_buyer_changes_the_address(load: Load) -> None:
    load(taobao({}))
    send_on(the_order())
    again(load, 收货地址=ADDRESS)
    order = the_order()
    assert (order.released_at, order.city) == (None, "杭州市")
    assert "收回" in reasons()["import:changed"]


def test_what_is_being_packed_is_stopped_and_not_changed(load: Load) -> None:
    load(taobao({}))
    send_on(the_order())
    in_state(the_order(), "begin")
    again(load, 收货地址=ADDRESS)
    assert the_order().city == "广州市"
    assert Hold.objects.get().stop == "asked"


def test_what_was_closed_there_while_packing_must_not_leave(load: Load) -> None:
    load(taobao({}))
    send_on(the_order())
    in_state(the_order(), "begin", "pack")
    again(load, **CLOSED)
    assert the_order().state == OrderState.PACKED
    hold = Hold.objects.get()
    assert (hold.kind, hold.stop) == ("refund", "asked")


def test_an_address_that_was_completed_needs_no_review_any_more(load: Load) -> None:
    load(taobao({"收货地址": "广东省"}))
    assert "address" in reasons()
    again(load, 收货地址=ADDRESS)
    assert reasons() == {}


def test_an_after_sale_that_is_over_holds_no_longer(load: Load) -> None:
    load(taobao({"订单状态": "退款中"}))
    assert "platform" in reasons()
    again(load, 订单备注="买家撤销了")
    order = the_order()
    assert order.state == "paid"


def test_shipped_elsewhere_leaves_nothing_to_wait_for(load: Load) -> None:
    load(taobao({"收货地址": "广东省"}))
    again(load, **SHIPPED, 收货地址="广东省")
    assert reasons() == {}
    assert the_order().state == "shipped"


def test_what_the_warehouse_pulled_does_not_leave_again_by_an_export(load: Load) -> None:
    """1.2.b: the platform was told before the parcel was pulled; it stays here."""
    load(taobao())
    with act("seed", the_order(), by=TIMER) as (row, _):
        open_hold(
            row, HoldKind.INTERCEPT, "不要了", by=TIMER, now=timezone.now(), stop=Stop.STOPPED
        )
    again(load, **SHIPPED)
    assert the_order().state == "paid"
    assert the_order().holds.get().state == "open"


def test_shipped_there_the_warehouse_still_owes_its_answer(load: Load) -> None:
    load(taobao())
    send_on(the_order())
    in_state(the_order(), "begin")
    ask_stop(the_order(), "改地址", by=TIMER, now=timezone.now())
    again(load, **SHIPPED)
    assert the_order().holds.get(state="open").stop == "asked"


def test_what_the_platform_masks_later_is_kept_in_clear(load: Load) -> None:
    load(taobao({}))
    again(load, **SHIPPED, 收货人姓名="薛**", 联系手机="'139****0165")
    order = the_order()
    assert (order.consignee, order.mobile) == ("薛小安", "13900000165")


# What an agent did by hand


def test_what_an_agent_changed_is_never_overwritten(load: Load) -> None:
    load(taobao({}))
    by_hand(the_order(), street="文三路 2 号")
    again(load, 订单备注="加急")
    order = the_order()
    assert (order.street, order.seller_memo) == ("文三路 2 号", "加急")
    assert reasons() == {}


def test_both_changed_becomes_a_review_with_both_values(load: Load) -> None:
    load(taobao({}))
    by_hand(the_order(), consignee="薛大安")
    assert again(load, 收货人姓名="薛中平") == "updated"
    assert the_order().consignee == "薛大安"
    said = reasons()["import:receiving"]
    assert "平台“薛*平”" in said
    assert "我们“薛*安”" in said
    assert "薛中平" not in said


def test_an_address_is_one_whole_and_never_half_of_theirs_and_half_of_ours(load: Load) -> None:
    """The agent's street in the platform's new district would be an address that nobody gave."""
    load(taobao({"收货地址": "广东省 广州市 越秀区 环市东路 10 号"}))
    by_hand(the_order(), street="环市东路 99 号")
    assert again(load, 收货地址="广东省 广州市 天河区 环市东路 10 号") == "updated"
    order = the_order()
    assert (order.district, order.street) == ("越秀区", "环市东路 99 号")
    said = reasons()["import:receiving"]
    assert "区县：平台“天河区”，我们“越秀区”" in said
    hold = order.holds.get(state="open")
    settle_difference(order, hold, THEIRS, by=TIMER, now=timezone.now())
    order = the_order()
    assert (order.district, order.street) == ("天河区", "环市东路 10 号")


def test_the_same_difference_is_asked_once(load: Load) -> None:
    load(taobao({}))
    by_hand(the_order(), consignee="薛大安")
    again(load, 收货人姓名="薛中平")
    assert again(load, 收货人姓名="薛中平") == "unchanged"
    assert Hold.objects.count() == 1


def test_the_platform_that_now_says_the_same_agrees(load: Load) -> None:
    load(taobao({}))
    by_hand(the_order(), consignee="薛大安")
    again(load, 收货人姓名="薛大安")
    order = the_order()
    assert order.before_hand == {}
    assert reasons() == {}


def test_the_agents_carrier_stays(load: Load) -> None:
    from orders.services.modify import modify_delivery
    from orders.words import Delivery

    load(taobao({}))
    modify_delivery(the_order(), Delivery.EXPRESS, "SF", by=TIMER, now=timezone.now())
    again(load, 物流公司="圆通速递")
    assert the_order().carrier == "SF"


def test_paid_after_we_closed_it_asks_a_person(load: Load) -> None:
    from orders.policy import Contacted
    from orders.words import IdentityKey

    load(taobao(UNPAID))
    contact = Contacted("wangwang", frozenset({IdentityKey.ORDER_NO, IdentityKey.MOBILE}))
    close_order(the_order(), "买家不想要了", by=TIMER, now=timezone.now(), contact=contact)
    again(load)
    order = the_order()
    assert (order.state, order.paid) == ("paid", Decimal("211.12"))
    assert "import:paid_after_close" in reasons()


def test_paid_after_we_closed_it_and_out_of_stock_is_owed_back(load: Load) -> None:
    from orders.models import OrderLine
    from orders.policy import Contacted
    from orders.words import IdentityKey
    from stock.factories import SkuFactory

    load(taobao(UNPAID))
    contact = Contacted("wangwang", frozenset({IdentityKey.ORDER_NO, IdentityKey.MOBILE}))
    close_order(the_order(), "买家不想要了", by=TIMER, now=timezone.now(), contact=contact)
    OrderLine.objects.update(sku=SkuFactory.create(on_hand=0).pk)
    again(load)
    order = the_order()
    assert (order.state, order.paid_late) == ("closed", "refund")
    assert order.owed_back == order.paid == Decimal("211.12")
    again(load, 订单状态="交易关闭", 退款金额="211.12")
    order = the_order()
    assert (order.owed_back, order.refunded_before) == (ZERO, Decimal("211.12"))


def test_closed_by_both_stays_closed(load: Load) -> None:
    load(taobao(UNPAID))
    again(load, **CLOSED, 买家实际支付金额="0.00", 订单付款时间="")
    assert again(load) == "unchanged"
    order = the_order()
    assert (order.state, order.paid) == ("closed", ZERO)


def test_marked_paid_by_hand_is_not_paid_twice(load: Load) -> None:
    from orders.services.pay import Paid, mark_paid
    from orders.words import Gateway

    load(taobao(UNPAID))
    paid = Paid("T1", Decimal("211.12"), Gateway.BANK)
    mark_paid(the_order(), paid, by=TIMER, now=timezone.now())
    again(load)
    order = the_order()
    assert (order.paid, order.payments.count()) == (Decimal("211.12"), 1)


def test_a_swap_by_hand_is_not_undone(load: Load) -> None:
    from orders.services.products import Wanted, modify_products
    from stock.factories import SkuFactory

    load(taobao({}), taobao_items({}))
    line = the_order().lines.get()
    other = SkuFactory.create(code="NEW", price=line.price)
    modify_products(the_order(), [Wanted(line.pk, other, 1)], by=TIMER, now=timezone.now())
    load(taobao({"订单备注": "加急"}), taobao_items({}))
    assert the_order().lines.get().code == "NEW"
    assert reasons() == {}
    load(taobao({"订单备注": "再加急"}), taobao_items({"标题": "别的锅", "商家编码": "POT"}))
    assert the_order().lines.get().code == "NEW"
    assert "import:lines" in reasons()


def test_history_and_version_tell_of_an_update(load: Load) -> None:
    load(taobao({}))
    version = the_order().version
    again(load, 收货地址=ADDRESS)
    order = the_order()
    assert order.version == version + 1
    newest: Any = order.history.first()
    assert (newest.city, newest.history_type) == ("杭州市", "~")
    part = Act.objects.filter(order_no=order.order_no).order_by("-at").first()
    assert part is not None
    assert part.part_of_id == newest.history_change_reason
