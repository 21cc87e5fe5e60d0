"""SOP 1.1.e, 1.2.b: between release and the carrier, an edit goes through an intercept (拦截)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.acts import Actor
from core.verdict import Refused
from orders.factories import OrderFactory
from orders.models import Hold, Order
from orders.policy import Contacted
from orders.selectors.order import timeline
from orders.services.hold import lift_hold
from orders.services.intercept import ask_stop, withdraw_stop
from orders.services.note import note
from orders.words import HoldKind
from staff.factories import UserFactory
from staff.roles import Role
from staff.selectors import unread_of
from tests.acts.pages import do, page_of, send

NOW = timezone.now()
LATER = NOW + timedelta(minutes=5)


def order(db: Any = None, **values: Any) -> Order:
    return OrderFactory.create(**values)


def ask(row: Order, by: Actor, reason: str = "改收货信息") -> Hold:
    ask_stop(row, reason, by=by, now=NOW)
    row.refresh_from_db()
    return Hold.objects.get(order=row, state="open", kind="intercept")


@pytest.mark.parametrize("state", ["picking", "packed"])
def test_what_the_warehouse_began_is_asked_for_and_stays_where_it_is(by: Actor, state: str) -> None:
    row = order(state=state)
    hold = ask(row, by)
    assert (hold.stop, row.state) == ("asked", state)
    assert row.released_at is not None
    assert timeline(row)[0].clause == "1.1.e"


def test_what_nobody_has_begun_is_stopped_at_once(by: Actor) -> None:
    row = order(released=True)
    hold = ask(row, by)
    assert (hold.stop, hold.answer) == ("stopped", "仓库还没有开始，已经收回")
    assert row.released_at is None
    assert ["下发", "已下发仓库", "未下发"] in timeline(row)[0].changes


def test_marked_shipped_and_not_handed_over_may_still_be_pulled(by: Actor) -> None:
    row = order(state="shipped", released_at=NOW)
    assert ask(row, by).stop == "asked"
    assert timeline(row)[0].clause == "1.2.b"


@pytest.mark.parametrize(
    "values",
    [
        {"state": "shipped", "released_at": NOW, "handed_over_at": NOW},
        {"state": "shipped"},  # an import says so: it was never in our warehouse
        {"state": "received"},
        {"state": "completed"},
    ],
)
def test_what_the_carrier_has_is_refused_like_1_1_c(by: Actor, values: dict[str, Any]) -> None:
    row = order(**values)
    with pytest.raises(Refused) as refused:
        ask_stop(row, "改地址", by=by, now=NOW, contact=Contacted("qq", said="改地址"))
    assert refused.value.verdict.clause == "1.1.c"
    assert "联系快递" in refused.value.verdict.instead
    assert refused.value.verdict.say is not None
    assert row.contacts.get().about == "ask_stop"


@pytest.mark.parametrize("state", ["unpaid", "paid", "closed"])
def test_what_the_warehouse_never_had_needs_no_intercept(by: Actor, state: str) -> None:
    row = order(state=state)
    with pytest.raises(Refused):
        ask_stop(row, "改地址", by=by, now=NOW)
    assert not row.holds.exists()


def test_it_is_asked_for_once_and_can_be_withdrawn_until_it_is_answered(by: Actor) -> None:
    row = order(state="picking")
    hold = ask(row, by)
    with pytest.raises(Refused, match="已经请求拦截"):
        ask_stop(row, "改地址", by=by, now=NOW)
    withdraw_stop(row, hold, "买家说不改了", by=by, now=LATER)
    hold.refresh_from_db()
    assert (hold.state, hold.stop) == ("lifted", "none")
    with pytest.raises(Refused, match="已经有结果"):
        withdraw_stop(row, hold, "再撤", by=by, now=LATER)


def test_a_refund_asks_the_same_way_and_is_not_withdrawn_by_hand(by: Actor) -> None:
    row = order(state="packed")
    ask_stop(row, "退款", by=by, now=NOW, kind=HoldKind.REFUND, cause="R1")
    hold = row.holds.get()
    assert (hold.kind, hold.stop, hold.cause) == ("refund", "asked", "R1")
    with pytest.raises(Refused, match="退款"):
        withdraw_stop(row, hold, "撤", by=by, now=LATER)


def test_the_agent_goes_on_after_the_stop_and_not_before(by: Actor) -> None:
    waiting = order(state="picking")
    with pytest.raises(Refused, match="等仓库回答"):
        lift_hold(waiting, ask(waiting, by), "好了", by=by, role="owner", now=LATER)
    stopped = order(released=True)
    lift_hold(stopped, ask(stopped, by), "改好了", by=by, role="agent", now=LATER)
    assert not stopped.holds.filter(state="open").exists()


def test_the_warehouse_is_told(by: Actor) -> None:
    keeper = UserFactory.create(role=Role.WAREHOUSE)
    row = order(state="picking")
    ask(row, by, "改收货信息：回电13912345678")
    told = unread_of(keeper).get()
    assert row.order_no in told.text
    assert "13912345678" not in told.text


# On the screen


def test_a_modification_leads_to_the_intercept_in_one_step(agent_client: Client) -> None:
    row = order(state="picking")
    html = agent_client.get(reverse("modify-delivery", args=[row.order_no])).content.decode()
    assert "现在还不能直接做" in html
    assert reverse("ask-stop", args=[row.order_no]) in html
    assert do(agent_client, "ask-stop", row, more="改到公司").status_code == 302
    page = agent_client.get(row.get_absolute_url()).content.decode()
    assert "已请求拦截，等仓库回答：改收货信息：改到公司" in page
    assert "撤回拦截" in page


def test_the_page_of_a_begun_order_has_the_button(agent_client: Client) -> None:
    packed = agent_client.get(order(state="packed").get_absolute_url()).content.decode()
    assert "请求拦截" in packed
    assert "/ask-stop" not in agent_client.get(order().get_absolute_url()).content.decode()
    gone = order(state="shipped")
    html = agent_client.get(gone.get_absolute_url()).content.decode()
    assert "快递已经拿走了" in html
    assert reverse("ask-carrier", args=[gone.order_no]) in html


def test_who_shipped_it_meanwhile_wins_and_the_agent_is_told(
    agent_client: Client, by: Actor
) -> None:
    """Failure mode 7: the page is from before; 409, and nothing is asked."""
    row = order(state="packed")
    data = page_of(agent_client, "ask-stop", row)
    with OrderFactory.act():
        fresh = Order.objects.get(pk=row.pk)
        fresh.ship(NOW)
        fresh.version += 1
        fresh.save()
    assert send(agent_client, "ask-stop", row, data).status_code == 409
    assert not row.holds.exists()
    note(row, "已发货", by=by, now=NOW)


def test_withdrawing_has_a_page(agent_client: Client, by: Actor) -> None:
    row = order(state="picking")
    hold = ask(row, by)
    url = reverse("withdraw-stop", args=[row.order_no, hold.pk])
    html = agent_client.get(url).content.decode()
    assert "撤回以后，仓库接着发" in html
    data = {"seen": row.version, "token": "8f0f8b1e-0000-4000-8000-000000000001", "why": "不改了"}
    assert agent_client.post(url, data).status_code == 302
    hold.refresh_from_db()
    assert hold.state == "lifted"
