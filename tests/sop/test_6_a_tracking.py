"""SOP 6.a: parcels are followed; what comes twice, late, out of order or forged ends the same."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from connectors.sandbox import kdniao, kuaidi100
from connectors.sandbox.parcels import Parcel as Way
from connectors.sandbox.server import Sandbox
from core.acts import Actor, act
from core.models import InboxMessage, OutboxMessage
from core.verdict import Refused
from orders.factories import OrderFactory, ShopFactory
from orders.models import OldWaybill, Order
from orders.reading import read
from orders.selectors.search import search
from orders.services.finish import complete_due
from staff.models import Notice, User
from tests.formats.files import taobao
from tests.importing.conftest import Load, files, load, shop  # noqa: F401 - fixtures
from tests.tracking.conftest import (  # noqa: F401 - fixtures
    WAYBILL,
    at,
    deliver,
    follow,
    fresh,
    house,
    own,
    ship,
    take_pushes,
)
from warehouse import following as policy
from warehouse.models import CarrierTerm, Parcel, Tracking, TrackingEvent, Trouble
from warehouse.services.news import Line, look, take_news
from warehouse.services.tracking import ask_due, take_up
from warehouse.services.troubles import claim_trouble, settle_trouble
from warehouse.services.waybill import correct_waybill
from warehouse.words import TrackSource, TrackState, TroubleKind, TroubleOutcome

pytestmark = pytest.mark.django_db
K = TroubleKind
HUNDRED = TrackSource.KUAIDI100
SENT = {
    "订单状态": "卖家已发货，等待买家确认",
    "物流公司": "圆通速递",
    "物流单号": WAYBILL,
}


def happens(sandbox: Sandbox, code: str, text: str) -> None:
    kuaidi100.happened(sandbox.state, "yuantong", WAYBILL, code, text)


def news(
    state: str, *texts: str, start: int = 8, now: Any = None, by: TrackSource = HUNDRED
) -> int:
    """The whole way so far: one line an hour."""
    lines = [Line(at(start + hour), text) for hour, text in enumerate(texts)]
    return take_news("YTO", WAYBILL, TrackState(state), lines, by, now=now or at(23))


def tracking() -> Tracking:
    return Tracking.objects.select_related("order").get()


# Followed


def test_what_shipped_is_subscribed_and_followed(house: Sandbox, own: Order) -> None:  # noqa: F811
    row = follow(ship(own))
    assert row.subscribed == "kuaidi100"
    assert len(house.state.effects("kuaidi100", "subscribe")) == 1
    happens(house, "1", "【杭州】已揽收")
    happens(house, "5", "【深圳】快递员正在派送")
    assert take_pushes(house) == 2
    row = tracking()
    assert (row.stage, row.last_text) == ("delivering", "【深圳】快递员正在派送")
    assert [event.state for event in row.events.order_by("at")] == ["collected", "delivering"]


def test_the_other_tracker_takes_what_the_first_refuses(house: Sandbox, own: Order) -> None:  # noqa: F811
    house.state.store("kuaidi100")["subscriptions"] = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kuaidi100, "COMPANIES", set())
        row = follow(ship(own))
    assert row.subscribed == "kdniao"
    house.state.store("kdniao")["push_url"] = "https://gendan.example/callbacks/kdniao"
    kdniao.happened(house.state, "YTO", WAYBILL, "2", "到达深圳")
    assert take_pushes(house) == 1
    assert tracking().stage == "moving"


def test_a_lost_answer_and_a_second_sweep_subscribe_once(house: Sandbox, own: Order) -> None:  # noqa: F811
    order = ship(own)
    house.state.fault("kuaidi100", "timeout_after")
    follow(order)
    Order.objects.update(track_at=timezone.now())
    OutboxMessage.objects.update(state="pending")
    follow(order)
    assert len(house.state.effects("kuaidi100", "subscribe")) == 1
    assert Tracking.objects.count() == 1


def test_what_is_not_pushed_is_asked_about(house: Sandbox, own: Order, settings: Any) -> None:  # noqa: F811
    settings.CALLBACK_URL = ""
    settings.TRACKER_ACCOUNTS = {"kuaidi100": dict(kuaidi100.CREDENTIALS)}
    row = follow(ship(own))
    assert not row.subscribed
    assert "对外网址" in row.why_not
    happens(house, "0", "到达深圳")
    assert ask_due(timezone.now() + timedelta(hours=3)) == 0
    assert ask_due(timezone.now() + timedelta(hours=5)) == 1
    assert ask_due(timezone.now() + timedelta(hours=5)) == 0  # each timer once
    deliver(hours=5)
    assert tracking().stage == "moving"


def test_without_an_account_nobody_is_asked_and_nothing_fails(own: Order) -> None:  # noqa: F811
    row = follow(ship(own))
    assert row.look_at is None
    ask_due(timezone.now() + timedelta(days=2))
    assert not OutboxMessage.objects.exists()


def test_an_import_of_old_orders_follows_nothing(load: Load) -> None:  # noqa: F811
    now = timezone.now()
    for number, days in ((1, 2), (2, 60)):
        when = f"{timezone.localtime(now - timedelta(days=days)):%Y-%m-%d %H:%M:%S}"
        row = {"订单编号": f"351531170200000000{number}", "物流单号": f"YT000000000000{number}"}
        load(taobao(SENT | row | {"订单创建时间": when, "订单付款时间": when}))
    assert take_up(now + timedelta(hours=1)) == 1
    assert [row.waybill for row in Tracking.objects.all()] == ["YT0000000000001"]


# Any order


def test_forged_news_is_not_kept(house: Sandbox, own: Order) -> None:  # noqa: F811
    follow(ship(own))
    body = kuaidi100.push(Way("yuantong", WAYBILL, "3"), "wrong salt")
    answer = Client().post(
        "/callbacks/kuaidi100", body, content_type="application/x-www-form-urlencoded"
    )
    assert answer.status_code == 401
    assert not InboxMessage.objects.exists()
    assert fresh(own).state == "shipped"


def test_news_of_a_waybill_that_nobody_knows_is_nobodys(db: None) -> None:
    assert news("moving", "到达深圳") == 0
    assert not TrackingEvent.objects.exists()


def test_another_carriers_parcel_of_the_same_number_is_another(house: Sandbox, own: Order) -> None:  # noqa: F811
    follow(ship(own))
    assert take_news("SF", WAYBILL, TrackState.SIGNED, [], HUNDRED, now=at(20)) == 0
    assert fresh(own).state == "shipped"


WAY = [
    ("collected", "已揽收"),
    ("moving", "离开杭州"),
    ("problem", "电话无人接听"),
    ("refused", "买家拒收"),
    ("delivering", "再次派送"),
    ("signed", "已签收"),
]


def pushes(length: int) -> list[tuple[str, tuple[str, ...]]]:
    """Each push has the whole way so far."""
    texts = [text for _, text in WAY]
    return [(WAY[n][0], tuple(texts[: n + 1])) for n in range(length)]


def end() -> tuple[Any, ...]:
    """All that people see at the end."""
    row = tracking()
    order = fresh(row.order)
    open_ = Trouble.objects.filter(done_at__isnull=True).values_list("kind", flat=True)
    lines = list(row.events.order_by("at", "id").values_list("at", "text"))
    return (
        row.stage,
        row.trouble,
        row.last_text,
        row.ended_at is None,
        order.state,
        list(open_),
        lines,
    )


class InAnyOrder(TestCase):
    """Each example in a transaction of its own."""

    @settings(max_examples=25, deadline=None)
    @given(st.data(), st.integers(1, len(WAY)))
    def test_every_order_ends_the_same(self, data: Any, length: int) -> None:
        """Twice, late, out of order, by both trackers (failure mode 4)."""
        told = pushes(length)
        mixed = data.draw(st.permutations(told + told[: len(told) // 2]))
        order = OrderFactory.create(
            shop=ShopFactory.create(channel="own"),
            state="shipped",
            carrier="YTO",
            waybill=WAYBILL,
        )
        row = Tracking.objects.create(order=order, carrier="YTO", waybill=WAYBILL, made_at=at(7))
        for state, texts in told:
            news(state, *texts)
        wanted = end()
        TrackingEvent.objects.all().delete()
        Trouble.objects.all().delete()
        row.delete()
        Order.objects.filter(pk=order.pk).update(
            state="shipped", received_at=None, complete_at=None
        )
        Tracking.objects.create(order=order, carrier="YTO", waybill=WAYBILL, made_at=at(7))
        for state, texts in mixed:
            news(state, *texts)
        assert end() == wanted


# In trouble


@pytest.mark.parametrize(
    ("state", "text", "kind"),
    [
        ("problem", "收件人地址不详", K.ADDRESS),
        ("problem", "电话无人接听，无法联系", K.UNREACHED),
        ("problem", "快件破损", K.PROBLEM),
        ("refused", "收件人拒收", K.REFUSED),
        ("returning", "退回中", K.RETURNING),
        ("returned", "已退回", K.RETURNED),
    ],
)
def test_what_is_wrong_goes_on_the_worklist(
    house: Sandbox,  # noqa: F811
    own: Order,  # noqa: F811
    state: str,
    text: str,
    kind: TroubleKind,
) -> None:
    follow(ship(own))
    news(state, "已揽收", text)
    trouble = Trouble.objects.get()
    assert (trouble.kind, trouble.done_at) == (kind, None)
    assert policy.WHAT_TO_DO[kind]


def test_service_hears_in_time_how_long_the_carrier_keeps_it(house: Sandbox, own: Order) -> None:  # noqa: F811
    """SOP 1.4′.b."""
    CarrierTerm.objects.create(carrier="YTO", keep_days=5)
    follow(ship(own))
    news("refused", "收件人拒收")
    trouble = Trouble.objects.get()
    assert f"{trouble.keeps_until}" == "2026-11-30"
    assert trouble.due_at == at(23) + timedelta(days=1)
    told = Notice.objects.get(role="agent")
    assert "保管到 11-30" in told.text
    news("refused", "收件人拒收", "仍然拒收")
    assert Notice.objects.filter(role="agent").count() == 1


def test_a_parcel_that_goes_on_leaves_the_worklist(house: Sandbox, own: Order) -> None:  # noqa: F811
    follow(ship(own))
    news("problem", "电话无人接听")
    news("delivering", "电话无人接听", "再次派送")
    trouble = Trouble.objects.get()
    assert (trouble.done_name, trouble.said) == ("系统", "快递又有新轨迹")


def test_what_was_settled_comes_again_only_with_another_trouble(
    house: Sandbox,  # noqa: F811
    own: Order,  # noqa: F811
    by: Actor,
) -> None:
    """SOP 1.4′.a."""
    follow(ship(own))
    news("problem", "电话无人接听")
    order, trouble = fresh(own), Trouble.objects.get()
    claim_trouble(order, trouble, by=by, now=at(12))
    settle_trouble(order, trouble, TroubleOutcome.WILL_TAKE, "明天在家", by=by, now=at(13))
    news("problem", "电话无人接听", "电话无人接听，明天再送")
    assert Trouble.objects.count() == 1
    news("returning", "电话无人接听", "电话无人接听，明天再送", "退回")
    assert Trouble.objects.filter(done_at__isnull=True).count() == 1
    with pytest.raises(Refused, match="王芳已经处理完了"):
        settle_trouble(order, trouble, TroubleOutcome.NOTHING, "", by=by, now=at(14))


def test_no_scan_for_too_long_is_seen_once(house: Sandbox, own: Order) -> None:  # noqa: F811
    CarrierTerm.objects.create(carrier="YTO", quiet_h=24)
    order = ship(own)
    follow(order)
    assert look(timezone.now() + timedelta(hours=23)) == 0
    assert look(timezone.now() + timedelta(hours=25)) == 1
    assert look(timezone.now() + timedelta(hours=25)) == 0
    assert Trouble.objects.get().kind == K.QUIET
    news("moving", "离开杭州", now=timezone.now())
    assert Trouble.objects.get().done_at is not None


def test_a_parcel_that_waits_in_a_locker_is_announced_before_it_goes_back(
    house: Sandbox,  # noqa: F811
    own: Order,  # noqa: F811
) -> None:
    CarrierTerm.objects.create(carrier="YTO", keep_days=3)
    with time_machine.travel(at(7), tick=False):
        follow(ship(own))
    news("at_locker", "已放入快递柜")
    assert look(at(8) + timedelta(hours=47)) == 0
    assert look(at(8) + timedelta(hours=49)) == 1
    assert Trouble.objects.get().kind == K.LOCKER


def test_what_cannot_be_followed_is_not_called_quiet(house: Sandbox, own: Order) -> None:  # noqa: F811
    follow(ship(own))
    Tracking.objects.update(why_not="快递100：授权过期")
    look(timezone.now() + timedelta(days=3))
    assert not Trouble.objects.exists()


# A waybill that was wrong


def test_a_corrected_waybill_is_followed_and_the_old_one_is_found(
    house: Sandbox,  # noqa: F811
    own: Order,  # noqa: F811
    by: Actor,
    agent: User,
) -> None:
    follow(ship(own))
    news("problem", "地址不详")
    correct_waybill(fresh(own), "ZTO", "75312345678901", by=by, now=timezone.now())
    row = follow(fresh(own))
    assert (row.waybill, row.subscribed) == ("75312345678901", "kuaidi100")
    assert OldWaybill.objects.get().number == WAYBILL
    assert Trouble.objects.get().said == "运单号已更正"
    assert [order.pk for order in search(agent, read(WAYBILL)).page.rows] == [own.pk]
    news("signed", "地址不详", "已签收")  # of the wrong one
    assert fresh(own).state == "shipped"
    assert not Trouble.objects.filter(done_at__isnull=True).exists()


def test_before_shipping_there_is_nothing_to_correct(own: Order, by: Actor) -> None:  # noqa: F811
    with pytest.raises(Refused, match="还没有发货"):
        correct_waybill(own, "ZTO", "75312345678901", by=by, now=timezone.now())


def test_two_parcels_never_bear_one_waybill(own: Order, by: Actor) -> None:  # noqa: F811
    order = ship(own)
    other = OrderFactory.create(state="shipped")
    values = {"waybill": "75312345678901", "state": "shipped", "made_at": at(1)}
    with act("ship", other, by=by):
        Parcel.objects.create(number="P1", order=other, **values)
    with pytest.raises(Refused, match=other.order_no):
        correct_waybill(order, "ZTO", "75312345678901", by=by, now=timezone.now())


def test_a_later_export_does_not_bring_the_wrong_waybill_back(load: Load, by: Actor) -> None:  # noqa: F811
    load(taobao(SENT))
    order = Order.objects.select_related("shop").get()
    correct_waybill(order, "ZTO", "75312345678901", by=by, now=timezone.now())
    load(taobao(SENT | {"订单备注": "老客户"}))
    assert (fresh(order).carrier, fresh(order).waybill) == ("ZTO", "75312345678901")


def test_an_order_in_trouble_is_not_completed(house: Sandbox, own: Order) -> None:  # noqa: F811
    follow(ship(own))
    news("signed", "已签收")
    news("returned", "已签收", "退回签收")
    assert complete_due(timezone.now() + timedelta(days=30)) == 1
    assert fresh(own).state == "received"
