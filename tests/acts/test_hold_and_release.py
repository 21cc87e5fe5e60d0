"""Hold ↔ lift, release ↔ take back: what can be taken back, can."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.acts import Actor
from core.verdict import Refused
from orders.factories import OrderFactory
from orders.models import Order
from orders.policy import LIFTERS
from orders.selectors.order import timeline
from orders.services.hold import hold_order, lift_due_holds, lift_hold, open_hold
from orders.services.release import release, take_back
from orders.words import HoldKind
from staff.factories import UserFactory
from staff.roles import Role
from tests.acts.pages import do, fields, page_of, send

NOW = timezone.now()
LATER = NOW + timedelta(minutes=5)


@pytest.fixture
def order(db: None) -> Order:
    return OrderFactory.create()


def fresh(order: Order) -> Order:
    order.refresh_from_db()
    return order


def test_release_and_take_back(order: Order, by: Actor) -> None:
    release(order, by=by, now=NOW)
    assert fresh(order).released_at == NOW
    take_back(order, by=by, now=LATER)
    assert fresh(order).released_at is None
    assert [act.verb for act in timeline(order)][:2] == ["take_back", "release"]


def test_an_open_hold_bars_the_release_and_says_which(order: Order, by: Actor) -> None:
    hold_order(order, HoldKind.CUSTOMER, "再想想", by=by, now=NOW)
    with pytest.raises(Refused, match="客户考虑"):
        release(order, by=by, now=NOW)


def test_a_hold_on_a_released_order_takes_it_back_at_once(order: Order, by: Actor) -> None:
    release(order, by=by, now=NOW)
    hold_order(order, HoldKind.CUSTOMER, "再想想", by=by, now=LATER)
    assert fresh(order).released_at is None
    assert ["下发", "已下发仓库", "未下发"] in timeline(order)[0].changes


def test_what_the_warehouse_has_begun_stays_released(by: Actor) -> None:
    order = OrderFactory.create(state="picking")
    with OrderFactory.act():
        open_hold(order, HoldKind.REVIEW, "平台改了地址", by=by, now=NOW)
    assert order.released_at is not None
    with pytest.raises(Refused) as refused:
        hold_order(order, HoldKind.CUSTOMER, "再想想", by=by, now=NOW)
    assert "拦截" in refused.value.verdict.instead


def test_a_reason_with_a_telephone_is_kept_masked(order: Order, by: Actor) -> None:
    hold_order(order, HoldKind.CUSTOMER, "回电13912345678", by=by, now=NOW)
    assert "13912345678" not in order.holds.get().reason + timeline(order)[0].reason


def test_the_same_hold_is_put_once(order: Order, by: Actor) -> None:
    hold_order(order, HoldKind.CUSTOMER, "再想想", by=by, now=NOW)
    with pytest.raises(Refused, match="不用再挂一次"):
        hold_order(order, HoldKind.CUSTOMER, "再想想", by=by, now=NOW)


@pytest.mark.parametrize("kind", list(HoldKind))
def test_who_may_lift_which_is_a_table(order: Order, by: Actor, kind: HoldKind) -> None:
    for role in Role:
        with OrderFactory.act():
            hold = open_hold(order, kind, "原因", by=by, now=NOW)
        if role in LIFTERS[kind]:
            lift_hold(order, hold, "好了", by=by, role=role, now=NOW)
            assert not order.holds.filter(state="open").exists()
        else:
            with pytest.raises(Refused, match="要由"):
                lift_hold(order, hold, "好了", by=by, role=role, now=NOW)


def test_a_hold_is_lifted_once(order: Order, by: Actor) -> None:
    hold_order(order, HoldKind.CUSTOMER, "再想想", by=by, now=NOW)
    hold = order.holds.get()
    lift_hold(order, hold, "要了", by=by, role="agent", now=NOW)
    with pytest.raises(Refused, match="已经解除"):
        lift_hold(order, hold, "要了", by=by, role="agent", now=NOW)


def test_it_ends_by_itself_at_its_time_and_once(order: Order, by: Actor) -> None:
    hold_order(order, HoldKind.CUSTOMER, "再想想", by=by, now=NOW, until=NOW + timedelta(hours=1))
    assert lift_due_holds(NOW) == 0
    assert lift_due_holds(NOW + timedelta(hours=2)) == 1
    assert lift_due_holds(NOW + timedelta(hours=2)) == 0
    assert timeline(order)[0].actor_name == "系统"


# On the screen


def test_hold_release_and_their_opposites(agent_client: Client, order: Order) -> None:
    url = order.get_absolute_url()
    assert do(agent_client, "release", order).status_code == 302
    assert reverse("take-back", args=[order.order_no]) in agent_client.get(url).content.decode()
    assert do(agent_client, "hold", order, reason="再想想").status_code == 302
    hold = fresh(order).holds.get()
    lift = reverse("lift-hold", args=[order.order_no, hold.pk])
    data = page_of_url(agent_client, lift)
    assert agent_client.post(lift, data | {"why": "要了"}).status_code == 302
    assert do(agent_client, "release", order).status_code == 302
    assert do(agent_client, "take-back", order).status_code == 302


def page_of_url(client: Client, url: str) -> dict[str, str]:
    return fields(client.get(url).content.decode())


def test_a_hold_that_is_not_yours_to_lift_says_whose(agent_client: Client, order: Order) -> None:
    with OrderFactory.act():
        actor = Actor.person(UserFactory.create())
        hold = open_hold(order, HoldKind.REVIEW, "金额不对", by=actor, now=NOW)
    html = agent_client.get(reverse("lift-hold", args=[order.order_no, hold.pk])).content.decode()
    assert "资深客服、主管或财务" in html


def test_a_hold_of_another_order_is_404(agent_client: Client, order: Order, by: Actor) -> None:
    hold_order(OrderFactory.create(), HoldKind.CUSTOMER, "再想想", by=by, now=NOW)
    other = OrderFactory.create()
    url = reverse("lift-hold", args=[other.order_no, 10**6])
    assert agent_client.get(url).status_code == 404


def test_another_shops_order_is_404(order: Order) -> None:
    client = Client()
    client.force_login(UserFactory.create(shop_codes=["elsewhere"]))
    assert client.get(reverse("hold", args=[order.order_no])).status_code == 404
    assert client.post(reverse("hold", args=[order.order_no])).status_code == 404


@pytest.mark.parametrize("until", ["2001-01-01T00:00", "bald", "9999-99-99", "0001-01-01T00:00"])
def test_a_time_that_is_none_or_past_is_422(agent_client: Client, order: Order, until: str) -> None:
    data = page_of(agent_client, "hold", order) | {"reason": "等"}
    assert send(agent_client, "hold", order, data, until=until).status_code == 422
