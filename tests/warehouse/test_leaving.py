"""The last steps: hand-over lists (SOP 2.g), freight and pick-up (SOP 5.e)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.acts import Actor, Repeated
from core.models import Act
from core.verdict import Refused
from orders.models import Order
from orders.policy import Contacted
from orders.selectors.order import timeline
from orders.services.intercept import ask_stop
from orders.words import Delivery, IdentityKey
from staff.factories import UserFactory
from staff.models import User
from staff.roles import Role
from tests.acts.pages import page_of
from tests.warehouse.parcels import P, in_the_warehouse
from warehouse.models import HandOver, Parcel
from warehouse.selectors.leaving import by_carrier, hand_over_lines, overdue, waiting_lines
from warehouse.services.hand_over import hand_over
from warehouse.services.leave import hand_out, send_freight, tell_pickup_code
from warehouse.services.ship import ship

pytestmark = pytest.mark.django_db
NOW = timezone.now()
LATER = NOW + timedelta(hours=1)
KNOWN = Contacted("other", frozenset({IdentityKey.ORDER_NO, IdentityKey.MOBILE}))


@pytest.fixture
def keeper() -> User:
    return UserFactory.create(role=Role.WAREHOUSE, full_name="赵库")


@pytest.fixture
def his(keeper: User) -> Actor:
    return Actor.person(keeper)


@pytest.fixture
def keeper_client(keeper: User) -> Client:
    client = Client()
    client.force_login(keeper)
    return client


def shipped(carrier: str = "YTO", waybill: str = "YT100000001") -> tuple[Order, Parcel]:
    return in_the_warehouse(P.SHIPPED, carrier=carrier, waybill=waybill)


def sign(keeper: User, his: Actor, carrier: str = "YTO", **more: Any) -> HandOver:
    return hand_over(keeper, carrier, "张快递", LATER, by=his, now=LATER, **more)


# Hand-over lists


def test_a_signed_list_hands_order_and_parcel_over(keeper: User, his: Actor) -> None:
    (order, parcel), (_, other) = shipped(), shipped("SF", "SF100000001")
    made = sign(keeper, his)
    order.refresh_from_db()
    parcel.refresh_from_db()
    other.refresh_from_db()
    assert (order.handed_over_at, parcel.handed_over_at) == (LATER, LATER)
    assert (parcel.state, other.state) == ("handed_over", "shipped")
    assert (made.count, made.signed_by, list(hand_over_lines(made))) == (1, "张快递", [parcel])
    assert made.number in timeline(order)[0].summary
    act = Act.objects.get(verb="hand_over", part_of=None)
    assert parcel.history.filter(history_change_reason=act.pk, state="handed_over").exists()


def test_from_then_on_an_intercept_is_refused(keeper: User, his: Actor, by: Actor) -> None:
    order, _ = shipped()
    sign(keeper, his)
    with pytest.raises(Refused, match="快递已经拿走"):
        ask_stop(Order.objects.get(pk=order.pk), "改地址", by=by, now=LATER)


def test_what_somebody_stops_stays_here(keeper: User, his: Actor, by: Actor) -> None:
    """1.2.b: marked shipped, not handed over: the warehouse may still pull it."""
    (order, pulled), (_, gone) = shipped(), shipped(waybill="YT100000002")
    ask_stop(order, "不要了", by=by, now=NOW)
    assert list(waiting_lines(keeper, "YTO")) == [gone]
    assert sign(keeper, his).count == 1
    assert [Parcel.objects.get(pk=p.pk).state for p in (pulled, gone)] == ["shipped", "handed_over"]


def test_what_was_shipped_after_the_list_was_shown_is_not_signed_for(
    keeper: User, his: Actor
) -> None:
    shipped()
    with pytest.raises(Refused, match="没有可以交的包裹"):
        hand_over(keeper, "YTO", "张快递", NOW - timedelta(hours=1), by=his, now=NOW)
    assert not HandOver.objects.exists()


def test_a_signed_list_is_not_opened_again(keeper: User, his: Actor) -> None:
    _, parcel = shipped()
    token = "8f0f8b1e-0000-4000-8000-000000000001"
    sign(keeper, his, token=token)
    with pytest.raises(Repeated):
        sign(keeper, his, token=token)
    with pytest.raises(Refused, match="没有可以交的包裹"):
        sign(keeper, his)
    parcel.refresh_from_db()
    with pytest.raises(Refused):
        ship(parcel, "YT100000001", by=his, now=LATER)


def test_who_waits_longest_comes_first_and_late_ones_are_marked(keeper: User) -> None:
    shipped("SF", "SF100000001")
    _, old = shipped()
    Parcel.objects.filter(pk=old.pk).update(shipped_at=NOW - timedelta(days=2))
    waiting = by_carrier(keeper, NOW)
    assert [(each.name, each.count, each.late) for each in waiting] == [
        ("圆通速递", "1", True),
        ("顺丰速运", "1", False),
    ]
    assert list(overdue(keeper, NOW)) == [old]


def test_a_list_is_signed_on_the_screen(keeper_client: Client) -> None:
    order, parcel = shipped()
    assert "圆通速递" in keeper_client.get(reverse("hand-over")).content.decode()
    url = reverse("hand-over-carrier") + "?carrier=YTO"
    html = keeper_client.get(url).content.decode()
    assert parcel.waybill in html
    data = {
        name: html.split(f'name="{name}" value="')[1].split('"')[0]
        for name in ("token", "shown_at")
    }
    assert keeper_client.post(url, data | {"signed_by": ""}).status_code == 422
    done = keeper_client.post(url, data | {"signed_by": "张快递"}, follow=True).content.decode()
    assert "签过的交接单不能再改" in done
    assert order.order_no in done
    other = Client()
    other.force_login(UserFactory.create(role=Role.WAREHOUSE, shop_codes=["elsewhere"]))
    made = HandOver.objects.get()
    assert other.get(reverse("hand-over-list", args=[made.number])).status_code == 404


# Freight


def test_freight_leaves_with_the_companys_note(his: Actor) -> None:
    order, parcel = in_the_warehouse(P.WEIGHED, delivery="freight")
    with pytest.raises(Refused, match="这单是物流"):
        ship(parcel, "YT100000001", by=his, now=NOW)
    send_freight(parcel, "德邦物流", "DB8812", by=his, now=LATER)
    order.refresh_from_db()
    parcel.refresh_from_db()
    assert (order.state, order.carrier, order.waybill) == ("shipped", "德邦物流", "DB8812")
    assert (order.handed_over_at, parcel.state) == (LATER, "handed_over")


def test_express_does_not_leave_by_freight(his: Actor) -> None:
    order, parcel = in_the_warehouse(P.WEIGHED)
    with pytest.raises(Refused, match="这单是快递"):
        send_freight(parcel, "德邦物流", "DB8812", by=his, now=LATER)
    order.refresh_from_db()
    assert order.state == "packed"


def test_freight_is_sent_on_the_screen(keeper_client: Client) -> None:
    _, parcel = in_the_warehouse(P.WEIGHED, delivery="freight")
    assert parcel.number in keeper_client.get(reverse("freight")).content.decode()
    url = reverse("send-freight", args=[parcel.number])
    token = keeper_client.get(url).content.decode().split('name="token" value="')[1][:36]
    assert keeper_client.post(url, {"token": token, "company": "德邦"}).status_code == 422
    data = {"token": token, "company": "德邦物流", "note_no": "DB8812"}
    assert "托运单号 DB8812" in keeper_client.post(url, data, follow=True).content.decode()
    assert keeper_client.post(url, data).status_code == 302  # twice: done once


# Pick-up


def to_pick_up(state: P = P.WEIGHED) -> tuple[Order, Parcel]:
    return in_the_warehouse(state, delivery="pickup")


def code_of(parcel: Parcel, by: Actor) -> str:
    tell_pickup_code(parcel.order, by=by, now=NOW)
    return Parcel.objects.get(pk=parcel.pk).pickup_code


def test_code_and_identity_make_it_shipped_and_received_in_one(by: Actor, his: Actor) -> None:
    order, parcel = to_pick_up()
    hand_out(parcel, code_of(parcel, by), KNOWN, by=his, now=LATER)
    order.refresh_from_db()
    parcel.refresh_from_db()
    assert (order.state, order.shipped_at, order.received_at) == ("received", LATER, LATER)
    assert (parcel.state, order.waybill) == ("handed_over", "")
    assert order.contacts.filter(about="hand_out").get().identity == ["mobile", "order_no"]


def test_a_wrong_code_or_half_an_identity_gets_nothing(by: Actor, his: Actor) -> None:
    order, parcel = to_pick_up()
    code = code_of(parcel, by)
    wrong = "000000" if code != "000000" else "111111"
    for said, contact in ((wrong, KNOWN), (code, Contacted("other", frozenset()))):
        with pytest.raises(Refused):
            hand_out(parcel, said, contact, by=his, now=LATER)
    order.refresh_from_db()
    assert order.state == "packed"
    assert order.contacts.filter(about="hand_out").count() == 2


def test_a_new_code_makes_the_old_one_worthless(by: Actor, his: Actor) -> None:
    _, parcel = to_pick_up()
    codes = {code_of(parcel, by) for _ in range(4)}
    last = Parcel.objects.get(pk=parcel.pk).pickup_code
    for old in codes - {last}:
        with pytest.raises(Refused, match="取货码不对"):
            hand_out(parcel, old, KNOWN, by=his, now=LATER)


def test_there_is_no_code_before_the_goods_are_ready(by: Actor) -> None:
    for _, parcel in (to_pick_up(P.PACKED), in_the_warehouse(P.WEIGHED)):
        with pytest.raises(Refused):
            tell_pickup_code(parcel.order, by=by, now=NOW)


def test_what_is_stopped_is_not_handed_out(by: Actor, his: Actor) -> None:
    order, parcel = to_pick_up()
    code = code_of(parcel, by)
    ask_stop(Order.objects.get(pk=order.pk), "换颜色", by=by, now=NOW)
    with pytest.raises(Refused, match="被请求拦截"):
        hand_out(parcel, code, KNOWN, by=his, now=LATER)


def test_service_tells_the_code_and_the_warehouse_hands_it_out(
    agent_client: Client, keeper_client: Client
) -> None:
    order, parcel = to_pick_up()
    token = "8f0f8b1e-0000-4000-8000-000000000002"
    order.refresh_from_db()
    page = agent_client.get(reverse("order", args=[order.order_no])).content.decode()
    assert reverse("tell-pickup-code", args=[order.order_no]) in page
    assert "等买家来取" in page
    sent = {"token": token, "seen": order.version}
    told = agent_client.post(reverse("tell-pickup-code", args=[order.order_no]), sent)
    code = Parcel.objects.get(pk=parcel.pk).pickup_code
    assert code in agent_client.get(told["Location"]).content.decode()
    html = keeper_client.get(reverse("pick-ups")).content.decode()
    assert parcel.number in html
    assert code not in html
    url = reverse("hand-out", args=[parcel.number])
    token = keeper_client.get(url).content.decode().split('name="token" value="')[1][:36]
    data = {"token": token, "identity": ["mobile", "consignee"]}
    assert keeper_client.post(url, data | {"code": "12"}).status_code == 422
    assert keeper_client.post(url, data | {"code": code}, follow=True).status_code == 200
    order.refresh_from_db()
    assert order.state == "received"
    assert Delivery(order.delivery) is Delivery.PICKUP
    assert page_of(agent_client, "note", order)
