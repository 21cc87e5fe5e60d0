"""The warehouse's answer to an intercept: stopped, or too late (SOP 1.1.e, 1.2.b)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.acts import Actor
from core.verdict import Refused
from orders.models import Hold, Order
from orders.policy import Group, may_modify
from orders.selectors.order import timeline
from orders.services.hold import lift_hold
from orders.services.intercept import ask_stop, withdraw_stop
from orders.services.release import release
from orders.words import HoldKind
from staff.factories import UserFactory
from staff.models import User
from staff.roles import Role
from staff.selectors import unread_of
from tests.warehouse.parcels import P, in_the_warehouse, scanned
from warehouse.models import Parcel
from warehouse.selectors.intercepts import board, holds_of, stop_of
from warehouse.services.intercept import confirm_stop, too_late

pytestmark = pytest.mark.django_db
NOW = timezone.now()
LATER = NOW + timedelta(minutes=5)


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


def asked(order: Order, by: Actor, **more: HoldKind | str) -> Hold:
    ask_stop(order, "改收货信息", by=by, now=NOW, **more)  # type: ignore[arg-type]
    return Hold.objects.filter(order=order, state="open").latest("id")


@pytest.mark.parametrize("state", [P.PICKING, P.PICKED, P.VERIFIED, P.PACKED, P.WEIGHED, P.SHIPPED])
def test_a_stopped_order_is_paid_again_and_can_be_edited(by: Actor, his: Actor, state: P) -> None:
    order, parcel = in_the_warehouse(state, carrier="YTO", waybill="YT100000001")
    hold = asked(order, by)
    confirm_stop(hold, "A-03", by=his, now=LATER)
    order.refresh_from_db()
    parcel.refresh_from_db()
    hold.refresh_from_db()
    assert (order.state, order.released_at, order.shipped_at) == ("paid", None, None)
    assert may_modify(order.facts(), Group.RECEIVING).allowed
    assert (parcel.state, parcel.slip_voided_at) == ("stopped", LATER)
    assert (order.waybill, order.old_waybills.get().number) == ("", "YT100000001")
    assert (hold.state, hold.stop, hold.answer) == ("open", "stopped", "货回 A-03")
    assert timeline(order)[0].changes == [
        ["状态", parcel_order_label(state), "已付款"],
        ["拦截", "已请求拦截", "已拦下"],
    ]


def parcel_order_label(state: P) -> str:
    return {"packed": "已打包", "weighed": "已打包", "shipped": "已发货"}.get(state, "配货中")


def test_it_is_not_released_before_the_agent_is_done(by: Actor, his: Actor) -> None:
    """Released by rule the moment after, it would be gone before it is edited."""
    order, _ = in_the_warehouse(P.PICKED)
    hold = asked(order, by)
    confirm_stop(hold, "", by=his, now=LATER)
    order.refresh_from_db()
    with pytest.raises(Refused, match="拦截"):
        release(order, by=by, now=LATER)
    lift_hold(order, hold, "改好了", by=by, role="agent", now=LATER)
    release(Order.objects.get(pk=order.pk), by=by, now=LATER)


def test_too_late_lifts_the_bar_and_the_parcel_ships(by: Actor, his: Actor) -> None:
    order, parcel = in_the_warehouse(P.WEIGHED)
    hold = asked(order, by)
    too_late(hold, "已经装车", by=his, now=LATER)
    hold.refresh_from_db()
    parcel.refresh_from_db()
    order.refresh_from_db()
    assert (hold.state, hold.stop, hold.answer) == ("lifted", "too_late", "已经装车")
    assert (order.state, parcel.state) == ("packed", "weighed")
    assert stop_of(order.pk) is None


def test_who_asked_hears_the_answer(agent: User, by: Actor, his: Actor) -> None:
    order, _ = in_the_warehouse(P.PICKED)
    confirm_stop(asked(order, by), "A-03", by=his, now=LATER)
    assert "已拦下（货回 A-03）" in unread_of(agent).get().text
    other, _ = in_the_warehouse(P.PICKED)
    too_late(asked(other, by), "已经装车", by=his, now=LATER)
    assert unread_of(agent).filter(text__contains="来不及拦：已经装车").exists()


def test_one_answer_for_all_who_asked(by: Actor, his: Actor) -> None:
    """A refund and an agent ask for the same parcel: it is stopped once."""
    order, _ = in_the_warehouse(P.PACKED)
    asked(order, by, kind=HoldKind.REFUND, cause="R1")
    confirm_stop(asked(order, by), "A-03", by=his, now=LATER)
    assert set(order.holds.values_list("kind", "state", "stop")) == {
        ("refund", "open", "stopped"),
        ("intercept", "open", "stopped"),
    }


def test_an_answer_is_given_once(by: Actor, his: Actor) -> None:
    order, _ = in_the_warehouse(P.PICKED)
    hold = asked(order, by)
    confirm_stop(hold, "", by=his, now=LATER)
    for answer in (confirm_stop, too_late):
        with pytest.raises(Refused, match="不用再回答"):
            answer(hold, "", by=his, now=LATER)


def test_what_was_withdrawn_needs_no_answer(by: Actor, his: Actor) -> None:
    order, parcel = in_the_warehouse(P.PICKED)
    hold = asked(order, by)
    withdraw_stop(order, hold, "不改了", by=by, now=NOW)
    with pytest.raises(Refused):
        confirm_stop(hold, "", by=his, now=LATER)
    parcel.refresh_from_db()
    assert parcel.state == "picked"


def test_what_the_carrier_took_meanwhile_can_only_be_too_late(by: Actor, his: Actor) -> None:
    order, _ = in_the_warehouse(P.SHIPPED)
    hold = asked(order, by)
    Order.objects.filter(pk=order.pk).update(handed_over_at=NOW)
    with pytest.raises(Refused, match="已经不在仓库"):
        confirm_stop(hold, "", by=his, now=LATER)
    too_late(hold, "", by=his, now=LATER)


# The board


def test_the_board_has_the_oldest_first_with_the_place_of_each_parcel(
    by: Actor, keeper: User, django_assert_num_queries: object
) -> None:
    for state in (P.PICKED, P.PACKED, P.SHIPPED):
        order, parcel = in_the_warehouse(state)
        scanned(parcel, keeper)
        asked(order, by)
    with django_assert_num_queries(3):  # type: ignore[operator]
        rows = board(keeper, "asked", "").rows
        places = [
            (r.where.parcel.state, r.where.parcel.wave.number, r.where.scan.by.full_name)  # type: ignore[attr-defined]
            for r in rows
        ]
    assert places == [
        ("picked", "W000001", "赵库"),
        ("packed", "W000001", "赵库"),
        ("shipped", "W000001", "赵库"),
    ]


def test_another_shops_stop_is_not_on_it(by: Actor) -> None:
    order, _ = in_the_warehouse(P.PICKED)
    asked(order, by)
    elsewhere = UserFactory.create(role=Role.WAREHOUSE, shop_codes=["elsewhere"])
    assert not holds_of(elsewhere).exists()
    client = Client()
    client.force_login(elsewhere)
    hold = Hold.objects.get()
    assert client.get(reverse("intercept", args=[hold.pk])).status_code == 404
    assert client.post(reverse("too-late", args=[hold.pk])).status_code == 404


def test_a_scan_leads_to_the_answer_and_a_shelf_confirms_it(
    keeper_client: Client, by: Actor
) -> None:
    """By scanner alone: parcel, shelf."""
    order, parcel = in_the_warehouse(P.PACKED)
    hold = asked(order, by)
    answer = keeper_client.post(reverse("intercept-scan"), {"code": parcel.number.lower()})
    assert answer["Location"] == reverse("intercept", args=[hold.pk])
    page = keeper_client.get(answer["Location"]).content.decode()
    assert "改收货信息" in page
    assert " autofocus" in page.split('name="shelf"')[1].split(">")[0]  # the scanner types there
    token = page.split('name="token" value="')[1][:36]
    done = keeper_client.post(answer["Location"], {"token": token, "shelf": "B-07"}, follow=True)
    assert "货回 B-07" in done.content.decode()
    twice = keeper_client.post(answer["Location"], {"token": token, "shelf": "B-07"})
    assert twice.status_code == 302
    assert Parcel.objects.get(pk=parcel.pk).state == "stopped"


def test_out_means_too_late_and_ok_each_on_its_own_shelf(keeper_client: Client, by: Actor) -> None:
    for command, stop, said in (
        ("CMD:OUT", "too_late", "拦不住"),
        ("CMD:OK", "stopped", "各回原货位"),
    ):
        order, _ = in_the_warehouse(P.PACKED)
        hold = asked(order, by)
        url = reverse("intercept", args=[hold.pk])
        token = keeper_client.get(url).content.decode().split('name="token" value="')[1][:36]
        assert keeper_client.post(url, {"token": token, "shelf": command}).status_code == 302
        hold.refresh_from_db()
        assert hold.stop == stop
        assert said in hold.answer


def test_a_parcel_that_nobody_stops_may_go_on(keeper_client: Client) -> None:
    _, parcel = in_the_warehouse(P.PACKED)
    answer = keeper_client.post(reverse("intercept-scan"), {"code": parcel.number}, follow=True)
    assert "没有人要求拦截" in answer.content.decode()
    answer = keeper_client.post(reverse("intercept-scan"), {"code": "P99999999"}, follow=True)
    assert "没有这个包裹" in answer.content.decode()


def test_the_board_says_nothing_new_when_there_is_nothing_new(
    keeper_client: Client, by: Actor
) -> None:
    order, _ = in_the_warehouse(P.PACKED)
    hold = asked(order, by)
    url = reverse("intercepts")
    html = keeper_client.get(url).content.decode()
    mark = html.split("mark=")[1][:16]
    poll = {"HX-Request": "true"}
    assert keeper_client.get(f"{url}?mark={mark}", headers=poll).status_code == 204
    withdraw_stop(order, hold, "不改了", by=by, now=NOW)
    assert (
        "没有要拦的包裹" in keeper_client.get(f"{url}?mark={mark}", headers=poll).content.decode()
    )


def test_the_header_counts_what_waits_for_warehouse_and_askers(
    keeper_client: Client, agent_client: Client, by: Actor
) -> None:
    order, _ = in_the_warehouse(P.PACKED)
    asked(order, by)
    for client in (keeper_client, agent_client):
        assert "拦截<em>1</em>" in client.get("/live").content.decode()
