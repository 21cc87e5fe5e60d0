"""The home page by role, the queues in the header, `/live` (screens 18, 31, 36)."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from aftersales.models import PolicyChange
from aftersales.services.claims import claim_carrier
from aftersales.services.questions import open_question
from aftersales.services.undeliverable import open_undeliverable
from aftersales.services.unowned import OnIt, register_unowned
from aftersales.words import CaseKind
from core.acts import TIMER, Actor, act_on
from core.models import OutboxMessage
from desk.home import BY_ROLE, SECTIONS
from desk.queues import counted
from orders.factories import OrderFactory, ShopFactory
from orders.models import Contact, Hold, Order
from orders.services.calls import Call, record_call
from orders.services.intercept import ask_stop
from orders.services.note import note
from orders.services.release_due import review_due
from refunds.models import Difference, Payout, Refund
from refunds.words import BillWhat, DifferenceKind, PayoutKind
from staff.factories import UserFactory
from staff.models import Presence, User
from staff.roles import Role
from staff.services.tell import tell
from stock.factories import SkuFactory
from stock.services.supply import draft_supply, order_supply, receive_supply
from tests.aftersales.asking import newest, opened, received
from tests.refunds.asking import ask, by_alipay, own_shop, paid_order
from tests.security.addresses import on_the_way, told
from tests.warehouse.parcels import in_the_warehouse
from warehouse.words import ParcelState

pytestmark = pytest.mark.django_db


def hold(order: Order, kind: str = "review") -> None:
    now = timezone.now()
    with act_on("hold", [], by=TIMER):
        Hold.objects.create(
            order=order, kind=kind, reason="地址不完整", by_name="系统", opened_at=now, call_at=now
        )


def doubt(**values: Any) -> None:
    """An order in the review queue."""
    now = timezone.now()
    OrderFactory.create(buyer_message="周五再发", review_at=now, **values)
    review_due(now)


def counts(user: User) -> dict[str, str]:
    return {queue.label: queue.count for queue in counted(user)[0]}


def goods_on_their_way(by: Actor, now: datetime) -> None:
    """One that is late; one that comes, of which some pieces came today."""
    for days in (-1, 2):
        supply = draft_supply(SkuFactory.create(), 5, by=by, now=now)
        order_supply(supply, "厂", timezone.localdate() + timedelta(days=days), by=by, now=now)
    receive_supply(supply, 1, 0, "", by=by, now=now)
    OrderFactory.create(lines=[(SkuFactory.create(on_hand=0), 2)])  # and one that nobody ordered


def differing(now: datetime) -> None:
    """A difference between a gateway's bill and ours."""
    with act_on("seed", list[Order](), by=TIMER, now=now):
        Difference.objects.create(
            gateway="alipay",
            account="2021000100000001",
            shop=own_shop(),
            day=timezone.localdate(now),
            kind=DifferenceKind.MISSING_HERE.value,
            what=BillWhat.PAYMENT.value,
            key=str(uuid4()),
            found_at=now,
            look_at=now,
        )


def asked_of_the_carrier(by: Actor, now: datetime) -> None:
    """A parcel that the carrier sent back by itself, and is to pay for."""
    order = OrderFactory.create(state="shipped", carrier="YTO", waybill="YT8962646785389")
    open_undeliverable(order, "turned_back", None, by=by, now=now)
    claim_carrier(newest(), Decimal("9.00"), "退回了", by=by, now=now)


def change_proposed() -> None:
    """A new wording that a colleague proposed."""
    now, who = timezone.now(), UserFactory.create(role="supervisor")
    values = {"about": "sentence", "key": "case.asked", "scope": str(uuid4())[:32]}
    values |= {"title": "说法", "text": "好的。", "why": "短一点", "by_name": who.full_name}
    with act_on("seed", list[Order](), by=TIMER, now=now):
        PolicyChange.objects.create(base=0, by=who, at=now, **values)


def full_house(user: User) -> None:
    """Something in every list."""
    for state in ("paid", "shipped", "unpaid"):
        OrderFactory.create(state=state, lines=[])
    order = own_things(user)
    OrderFactory.create(is_top_up=True, lines=[])
    OrderFactory.create(paid="1.00")
    hold(order)
    hold(order, "stock_out")
    doubt()
    now = timezone.now()
    told(order)
    Contact.objects.create(
        order=order, channel="wangwang", call_again_at=now, said="下午再打", at=now, by=user
    )
    OrderFactory.create(ship_by=now + timedelta(days=5, hours=2))
    ask_stop(OrderFactory.create(state="picking"), "换地址", by=Actor.person(user), now=now)
    note(order, "送礼盒", for_shop=True, by=Actor.person(user), now=now)
    on_the_way(order)
    in_the_warehouse(ParcelState.PICKED, ship_by=now - timedelta(hours=1))
    in_the_warehouse(ParcelState.SHIPPED)
    goods_on_their_way(Actor.person(user), now)
    ask(by_alipay(paid_order(30, now=now, shop=own_shop())), Actor.person(user), now=now)
    opened(received(), Actor.person(user))
    for_finance(Actor.person(user), now)
    differing(now)
    asked_of_the_carrier(Actor.person(user), now)
    register_unowned(OnIt(said="没有面单"), by=Actor.person(user), now=now)
    change_proposed()
    OutboxMessage.objects.create(
        topic="a", key=str(uuid4()), state="failed", payload={}, not_before=now, created_at=now
    )


def for_finance(by: Actor, now: datetime) -> None:
    """A refund that is transferred, one that failed, and a payout that is agreed to."""
    for state, by_hand in (("sending", True), ("failed", False)):
        row = ask(by_alipay(paid_order(30, now=now, shop=own_shop())), by, now=now)
        Refund.objects.filter(pk=row.pk).update(state=state, by_hand=by_hand)
        Order.objects.filter(pk=row.order_id).update(ship_by=None)
    with act_on("seed", list[Order](), by=TIMER, now=now):
        Payout.objects.create(
            number=str(uuid4()),
            shop=row.shop,
            order=row.order,
            kind=PayoutKind.COMPENSATION.value,
            state="approved",
            amount=Decimal("18.00"),
            payee="支付宝 a@b.c",
            asked_name="王芳",
            asked_at=now,
        )


def own_things(user: User) -> Order:
    """What only this person sees."""
    tell("导出好了", to=user)
    mine, now = Actor.person(user), timezone.now()
    open_question(OrderFactory.create(), CaseKind.ENQUIRY, "要发票", by=mine, now=now)
    return OrderFactory.create(
        follow_up_on=timezone.localdate(), follow_up_by=user, owed_back="5.00", released=True
    )


def test_every_role_has_a_home() -> None:
    assert set(BY_ROLE) == set(Role)
    assert {key for keys in BY_ROLE.values() for key in keys} == set(SECTIONS)


def test_home_shows_what_the_role_needs_with_a_fixed_number_of_queries(
    client: Client, django_assert_max_num_queries: Any
) -> None:
    users = {role: UserFactory.create(role=role) for role in Role}
    for role, user in users.items():
        client.force_login(user)
        empty = client.get("/").content.decode()
        for key in BY_ROLE[role]:
            assert SECTIONS[key][1] in empty, "an empty list says so"
    for _ in range(12):
        full_house(users[Role.AGENT])
    for role, user in users.items():
        for _ in range(12 if user != users[Role.AGENT] else 0):
            own_things(user)
        client.force_login(user)
        with django_assert_max_num_queries(20):
            full = client.get("/").content.decode()
        for key in BY_ROLE[role]:
            assert SECTIONS[key][1] not in full, (role, key)


def test_finance_sees_what_to_transfer_and_what_failed(client: Client, by: Actor) -> None:
    for_finance(by, timezone.now())
    user = UserFactory.create(role="finance")
    client.force_login(user)
    sections = {one.key: one for one in client.get("/").context["sections"]}
    assert list(sections)[:3] == ["transfers", "failed_refunds", "payouts"]
    assert [row.state for row in sections["transfers"].rows] == ["sending"]
    assert [row.state for row in sections["failed_refunds"].rows] == ["failed"]
    assert sections["failed_refunds"].more == "/refunds?list=failed"
    assert [counts(user)[name] for name in ("要人来办", "没退成", "赔付")] == ["1", "1", "1"]
    assert "要人来办" not in counts(UserFactory.create(role="agent"))


def test_every_list_on_the_home_page_leads_to_a_page(client: Client) -> None:
    client.force_login(UserFactory.create(role="owner"))
    for *_, query in SECTIONS.values():
        assert client.get(reverse("search") + query).status_code == 200


@pytest.mark.parametrize("role", list(Role))
def test_all_of_a_list_may_be_seen_by_who_sees_its_beginning(client: Client, role: str) -> None:
    client.force_login(UserFactory.create(role=role))
    answer = client.get("/")
    for section in answer.context["sections"]:
        assert not section.more or client.get(section.more).status_code == 200, section.key
    for stage in answer.context["stages"]:
        url = stage.url.removeprefix("station:")
        args = [url] if url != stage.url else []
        if url:
            assert client.get(reverse("station" if args else url, args=args)).status_code == 200


def test_the_warehouse_sees_how_much_stands_at_each_step_and_what_is_late(client: Client) -> None:
    client.force_login(UserFactory.create(role="warehouse"))
    _, late = in_the_warehouse(ParcelState.PICKED, ship_by=timezone.now() - timedelta(hours=1))
    in_the_warehouse(ParcelState.SHIPPED)
    answer = client.get("/")
    counts = {stage.label: stage.count for stage in answer.context["stages"]}
    assert (counts["等校验"], counts["等交快递"], counts["晚了"]) == ("1", "1", "1")
    html = answer.content.decode()
    assert reverse("station", args=["verify"]) in html
    assert late.number in html[html.index("晚了的") :]
    client.force_login(UserFactory.create(role="agent"))
    assert client.get("/").context["stages"] == []


def test_a_buyer_is_to_be_called_when_the_time_has_come(client: Client) -> None:
    user = UserFactory.create(role="aftersales")
    client.force_login(user)
    hold(OrderFactory.create(), "stock_out")
    (calls,) = [s for s in client.get("/").context["sections"] if s.key == "calls"]
    (row,) = calls.rows
    later = timezone.now() + timedelta(hours=2)
    answer = Call("telephone", reached=False, again=later)
    by = Actor.person(user)
    record_call(row.order, row, answer, by=by, role=user.role, now=timezone.now())
    assert calls.empty in client.get("/").content.decode()
    with time_machine.travel(later + timedelta(minutes=1), tick=False):
        client.force_login(user)
        assert row.order.order_no in client.get("/").content.decode()


# Queues


def test_each_queue_counts_what_its_list_shows(client: Client) -> None:
    user = UserFactory.create(role="owner")
    client.force_login(user)
    for _ in range(2):
        full_house(user)
    with time_machine.travel(timezone.now() + timedelta(days=5), tick=False):
        client.force_login(user)
        for queue in counted(user)[0]:
            context = client.get(queue.url).context
            found = context["found"].page if "found" in context else context["page"]
            assert (queue.count, found.older) == (str(len(found.rows)), ""), queue.label
            assert queue.count != "0", queue.label


def test_a_queue_counts_the_persons_shops_only() -> None:
    other = ShopFactory.create(code="jd1", channel="jd")
    limited = UserFactory.create(role="agent", shop_codes=["tb1"])
    doubt()
    doubt(shop=other)
    OrderFactory.create(shop=other, is_top_up=True)
    assert counts(limited)["审单"] == "1"
    assert counts(limited)["补差价"] == "0"
    assert counts(UserFactory.create(role="agent"))["审单"] == "2"


def test_a_queue_counts_to_ninety_nine(django_assert_max_num_queries: Any) -> None:
    user = UserFactory.create(role="finance")
    OrderFactory.create_batch(99, is_top_up=True, lines=[], buyer=None, buyer_account="a")
    assert counts(user)["补差价"] == "99"
    OrderFactory.create_batch(2, is_top_up=True, lines=[], buyer=None, buyer_account="a")
    with django_assert_max_num_queries(8):
        assert counts(user)["补差价"] == "99+"


def test_orders_past_their_promise_are_marked_late() -> None:
    user = UserFactory.create(role="agent")
    OrderFactory.create()
    with time_machine.travel(timezone.now() + timedelta(days=5), tick=False):
        late = next(queue for queue in counted(user)[0] if queue.label == "超时")
    assert (late.count, late.late) == ("1", True)


# /live


def test_live_says_nothing_when_nothing_changed(
    client: Client, django_assert_max_num_queries: Any
) -> None:
    user = UserFactory.create(role="owner")
    client.force_login(user)
    full_house(user)
    first = client.get("/live?on=order:1")
    assert first.status_code == 200
    mark = first.context["mark"]
    with django_assert_max_num_queries(20):
        assert client.get(f"/live?on=order:1&mark={mark}").status_code == 204
    tell("补差价到账", to=user)
    assert client.get(f"/live?on=order:1&mark={mark}").status_code == 200


def test_live_shows_who_else_is_here_until_they_leave(client: Client) -> None:
    li_lei = UserFactory.create(full_name="李雷")
    client.force_login(li_lei)
    client.get("/live?on=order:7")
    client.force_login(UserFactory.create())
    assert "李雷也在看" in client.get("/live?on=order:7").content.decode()
    assert "李雷" not in client.get("/live?on=order:8").content.decode()
    Presence.objects.update(seen_at=timezone.now() - timedelta(seconds=31))
    assert "李雷" not in client.get("/live?on=order:7").content.decode()


def test_who_works_for_other_shops_learns_nothing_of_an_order(client: Client) -> None:
    order = OrderFactory.create(shop=ShopFactory.create(code="tb1"))
    where = f"/live?on=order:{order.order_no}"
    client.force_login(UserFactory.create(full_name="李雷"))
    client.get(where)
    client.force_login(UserFactory.create(shop_codes=["tb2"]))
    assert "李雷" not in client.get(where).content.decode()
    client.force_login(UserFactory.create(shop_codes=["tb1"]))
    assert "李雷也在看" in client.get(where).content.decode()


def test_live_never_extends_the_session(client: Client) -> None:
    client.force_login(UserFactory.create())
    key = client.cookies[settings.SESSION_COOKIE_NAME].value
    end = Session.objects.get(pk=key).expire_date
    with time_machine.travel(timezone.now() + timedelta(hours=6), tick=False):
        answer = client.get("/live")
    assert settings.SESSION_COOKIE_NAME not in answer.cookies
    assert Session.objects.get(pk=key).expire_date == end
