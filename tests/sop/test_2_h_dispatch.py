"""SOP 2.h: the platform is told carrier and waybill, once in effect, and what fails is seen."""

from __future__ import annotations

import pytest
from django.utils import timezone

from connectors.sandbox import taobao as imitated
from connectors.sandbox.server import Sandbox
from core.acts import TIMER, Actor
from core.models import OutboxMessage
from core.verdict import Refused
from orders.factories import OrderFactory, ShopFactory
from orders.models import HandTask, Order, Shop
from orders.selectors.order import timeline
from orders.services.account import save_account
from tests.connectors.trades import NUMBER, trade
from tests.platform.conftest import done, put, shop  # noqa: F401 - a fixture
from tests.tracking.conftest import WAYBILL, deliver, fresh, ship
from warehouse.models import Dispatch
from warehouse.services.dispatch import finish_dispatch, retry_dispatch
from warehouse.services.waybill import correct_waybill

pytestmark = pytest.mark.django_db
NEW = "YT8962646780000"


@pytest.fixture
def order(sandbox: Sandbox, shop: Shop) -> Order:  # noqa: F811
    put(sandbox, trade())
    made: Order = OrderFactory.create(shop=shop, platform_no=str(NUMBER), state="packed")
    return made


def the_dispatch() -> Dispatch:
    return Dispatch.objects.select_related("order__shop").latest("id")


def test_shipping_tells_the_platform_carrier_and_waybill(sandbox: Sandbox, order: Order) -> None:
    ship(order)
    assert done(sandbox) == []  # never inside the act
    deliver()
    assert done(sandbox) == [("send", {"waybill": WAYBILL, "company": "YTO"})]
    assert the_dispatch().state == "told"
    assert timeline(order)[0].summary == f"平台已登记发货：{NUMBER} {WAYBILL}"


@pytest.mark.parametrize("fault", ["error_500_after", "timeout_after"])
def test_a_lost_answer_sends_once(sandbox: Sandbox, order: Order, fault: str) -> None:
    ship(order)
    sandbox.state.fault("taobao", fault)
    deliver()
    OutboxMessage.objects.update(not_before=timezone.now())
    deliver()
    assert [what for what, _ in done(sandbox)] == ["send"]
    assert the_dispatch().state == "told"


def test_a_worker_that_died_after_the_deed_sends_once(sandbox: Sandbox, order: Order) -> None:
    ship(order)
    deliver()
    OutboxMessage.objects.update(state="pending")
    Dispatch.objects.update(state="sending")
    deliver()
    assert [what for what, _ in done(sandbox)] == ["send"]
    assert [act.verb for act in timeline(order)].count("tell_platform") == 1


def test_what_somebody_sent_there_already_is_done(sandbox: Sandbox, order: Order) -> None:
    """B04 with our own waybill."""
    known = imitated.trades(sandbox.state)[str(NUMBER)]
    known["status"] = "WAIT_BUYER_CONFIRM_GOODS"
    for line in known["orders"]["order"]:
        line["invoice_no"] = WAYBILL
    ship(order)
    deliver()
    assert the_dispatch().state == "told"


def test_a_used_waybill_stands_on_the_worklist_with_its_reason(
    sandbox: Sandbox, order: Order
) -> None:
    sandbox.state.store("taobao")["waybills"] = {WAYBILL: "somebody else"}
    ship(order)
    deliver()
    row = the_dispatch()
    assert (row.state, "已经用过" in row.why) == ("failed", True)
    assert OutboxMessage.objects.get(topic="platform.dispatch").state == "done"
    assert "没有成功" in timeline(order)[0].summary


def test_once_the_reason_is_gone_it_is_told_again(
    sandbox: Sandbox, order: Order, by: Actor
) -> None:
    sandbox.state.store("taobao")["waybills"] = {WAYBILL: "somebody else"}
    ship(order)
    deliver()
    sandbox.state.store("taobao")["waybills"] = {}
    retry_dispatch(fresh(order), the_dispatch(), by=by, now=timezone.now())
    deliver()
    assert the_dispatch().state == "told"
    with pytest.raises(Refused, match="不用再处理"):
        retry_dispatch(fresh(order), the_dispatch(), by=by, now=timezone.now())


def test_what_was_typed_in_by_hand_leaves_the_worklist(
    sandbox: Sandbox, order: Order, by: Actor
) -> None:
    imitated.trades(sandbox.state).clear()
    ship(order)
    deliver()
    finish_dispatch(fresh(order), the_dispatch(), by=by, now=timezone.now())
    assert the_dispatch().state == "by_hand"


def test_a_corrected_waybill_is_told_in_place_of_the_refused_one(
    sandbox: Sandbox, order: Order, by: Actor
) -> None:
    sandbox.state.store("taobao")["waybills"] = {WAYBILL: "somebody else"}
    ship(order)
    deliver()
    correct_waybill(fresh(order), "YTO", NEW, by=by, now=timezone.now())
    deliver()
    states = list(Dispatch.objects.order_by("id").values_list("waybill", "state"))
    assert states == [(WAYBILL, "dropped"), (NEW, "told")]
    assert done(sandbox) == [("send", {"waybill": NEW, "company": "YTO"})]


def test_a_corrected_waybill_replaces_the_one_that_was_told(
    sandbox: Sandbox, order: Order, by: Actor
) -> None:
    ship(order)
    deliver()
    correct_waybill(fresh(order), "ZTO", NEW, by=by, now=timezone.now())
    deliver()
    assert [what for what, _ in done(sandbox)] == ["send", "resend"]
    line = imitated.trades(sandbox.state)[str(NUMBER)]["orders"]["order"][0]
    assert line["invoice_no"] == NEW


def test_a_platform_that_takes_no_correction_is_seen(
    sandbox: Sandbox, order: Order, by: Actor
) -> None:
    ship(order)
    deliver()
    imitated.trades(sandbox.state)[str(NUMBER)]["too_late_to_resend"] = True
    correct_waybill(fresh(order), "YTO", NEW, by=by, now=timezone.now())
    deliver()
    assert "24 小时" in the_dispatch().why


@pytest.mark.parametrize("channel", ["jd", "pdd", "douyin"])
def test_where_no_interface_is_used_a_colleague_does_it(channel: str) -> None:
    order = OrderFactory.create(
        shop=ShopFactory.create(code=channel, channel=channel), state="packed"
    )
    ship(order)
    task = HandTask.objects.get()
    assert task.kind == "dispatch"
    assert task.text == f"在平台上填发货：圆通速递 {WAYBILL}"
    assert not Dispatch.objects.exists()


def test_an_order_by_telephone_tells_no_platform() -> None:
    ship(
        OrderFactory.create(
            shop=ShopFactory.create(code="tel", channel="telephone"), state="packed"
        )
    )
    assert not HandTask.objects.exists()
    assert not Dispatch.objects.exists()


def test_without_the_account_it_stands_on_the_worklist(
    order: Order,
    shop: Shop,  # noqa: F811
) -> None:
    ship(order)
    save_account(shop, "taobao", {}, active=False, by=TIMER, now=timezone.now())
    deliver()
    assert "没有启用" in the_dispatch().why


def test_a_consent_that_ran_out_waits(sandbox: Sandbox, order: Order) -> None:
    sandbox.state.store("taobao")["expired"] = True
    ship(order)
    deliver()
    waiting = OutboxMessage.objects.get(topic="platform.dispatch")
    assert (waiting.state, waiting.tries, the_dispatch().state) == ("pending", 0, "sending")
