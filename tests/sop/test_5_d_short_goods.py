"""SOP 5.d: short goods are purchased, made goods go step by step, and the customer is told."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from core.acts import Actor
from orders.factories import OrderFactory
from orders.models import Contact, CustomerMessage, Hold, Order
from orders.selectors.shortage import expected_dates, short_goods
from orders.services.sending import drop_outdated, say_of, send_planned
from orders.services.serving import serve_marked
from orders.services.shortage import tell_moved
from orders.services.split import Wish, split_order
from staff.factories import UserFactory
from staff.models import Notice
from stock.factories import SkuFactory
from stock.models import Sku, Supply
from stock.policy import SupplyFacts, may_step
from stock.services import supply as acts
from stock.words import SupplyKind, SupplyState
from tests.stock.supplies import DAY, NOW, common

pytestmark = pytest.mark.django_db


def waiting_order(sku: Sku, pieces: int = 2, hours: int = 20, **about: Any) -> Order:
    """A paid order that lacks its goods."""
    at = NOW - timedelta(hours=hours)
    return OrderFactory.create(lines=[(sku, pieces)], ordered_at=at, **about)


@pytest.fixture
def sku() -> Sku:
    return SkuFactory.create(style_no="A2031", on_hand=0)


def bought(sku: Sku, pieces: int, on: Any = DAY) -> Supply:
    supply = acts.draft_supply(sku, pieces, **common())
    acts.order_supply(supply, "绍兴布厂", on, **common())
    supply.refresh_from_db()
    return supply


def test_nobody_assembles_before_the_sample_is_checked() -> None:
    scheduled = SupplyFacts(SupplyKind.PRODUCTION, SupplyState.SCHEDULED)
    verdict = may_step(scheduled, SupplyState.ASSEMBLED)
    assert verdict.refused
    assert verdict.clause == "5.d"
    assert "还没有确认样品" in verdict.reason


def test_what_open_lines_lack_less_what_is_on_order_is_proposed(sku: Sku) -> None:
    waiting_order(sku, 3)
    waiting_order(sku, 4)
    acts.draft_supply(sku, 2, **common())
    (found,) = short_goods()
    assert (found.sku, found.lack, found.orders) == (sku, 7, 2)
    assert (found.coming, found.wanted) == (2, 5)


def test_one_click_makes_the_drafts_and_asking_again_proposes_nothing(sku: Sku) -> None:
    made = SkuFactory.create(on_hand=0, made=True)
    waiting_order(sku, 3)
    waiting_order(made, 2)
    buyer = Client()
    buyer.force_login(UserFactory.create(role="purchasing"))
    assert "要采购的（2 种）" in buyer.get("/purchasing").content.decode()
    typed = {f"quantity_{sku.pk}": "30", f"quantity_{made.pk}": "2", "token": uuid.uuid4()}
    data = {"sku": [sku.pk, made.pk], **typed}
    assert buyer.post("/purchasing", data).status_code == 302
    assert buyer.post("/purchasing", data).status_code == 302  # the same form: nothing more
    rows = {s.sku_id: (s.kind, s.quantity, s.state) for s in Supply.objects.all()}
    assert rows == {
        sku.pk: ("purchase", 30, "draft"),
        made.pk: ("production", 2, "draft"),
    }
    assert "要采购的（0 种）" in buyer.get("/purchasing").content.decode()


@pytest.mark.parametrize("typed", ["", "0", "-3", "三", "9999999"])
def test_a_quantity_that_is_none_is_said(sku: Sku, typed: str) -> None:
    waiting_order(sku)
    buyer = Client()
    buyer.force_login(UserFactory.create(role="purchasing"))
    data = {"sku": [sku.pk], f"quantity_{sku.pk}": typed, "token": uuid.uuid4()}
    answer = buyer.post("/purchasing", data)
    assert answer.status_code == 422
    assert "数量要填" in answer.content.decode()
    assert not Supply.objects.exists()


def test_the_order_that_waits_longest_is_covered_by_what_arrives_first(sku: Sku) -> None:
    old, new = waiting_order(sku, 2, hours=30), waiting_order(sku, 2, hours=10)
    bought(sku, 2, DAY)
    bought(sku, 3, DAY + timedelta(days=7))
    dates = {o.pk: list(expected_dates(list(o.lines.all())).values()) for o in (old, new)}
    assert dates == {old.pk: [DAY], new.pk: [DAY + timedelta(days=7)]}


def test_the_order_page_and_the_sentence_name_the_day(
    sku: Sku, agent_client: Client, django_assert_max_num_queries: Any
) -> None:
    order = waiting_order(sku)
    plain = agent_client.get(order.get_absolute_url()).content.decode()
    assert "还没有到货日期" in plain
    bought(sku, 5)
    with django_assert_max_num_queries(18):
        page = agent_client.get(order.get_absolute_url()).content.decode()
    assert "预计 12-08 到货" in page
    assert "预计 12 月 8 日 到货，到货后马上为您发出" in page


def test_an_order_with_a_line_that_nothing_covers_has_no_day(
    sku: Sku, agent_client: Client
) -> None:
    other = SkuFactory.create(on_hand=0)
    order = OrderFactory.create(lines=[(sku, 1), (other, 1)])
    bought(sku, 5)
    page = agent_client.get(order.get_absolute_url()).content.decode()
    assert "预计 12-08 到货" in page  # of the one line
    assert "还没有到货日期" in page
    assert "暂时缺货，预计" not in page


def test_what_arrives_lifts_the_hold_of_who_waited_longest(sku: Sku) -> None:
    old, new = waiting_order(sku, 2, hours=30), waiting_order(sku, 2, hours=10)
    supply = bought(sku, 4)
    acts.receive_supply(supply, 2, 0, "", **common())
    serve_marked(NOW)
    assert not Hold.objects.filter(order=old, kind="stock_out", state="open").exists()
    assert Hold.objects.filter(order=new, kind="stock_out", state="open").exists()
    acts.receive_supply(supply, 2, 0, "", **common())
    serve_marked(NOW)
    assert not Hold.objects.filter(kind="stock_out", state="open").exists()


def test_who_follows_a_waiting_order_is_told_of_another_day(sku: Sku) -> None:
    anna, berta = (UserFactory.create(role="agent") for _ in range(2))
    followed = waiting_order(sku, follow_up_by=anna)
    talked = waiting_order(sku)
    Contact.objects.create(order=talked, channel="qq", by=berta, at=NOW)
    nobody = waiting_order(sku)
    supply = bought(sku, 9)
    tell_moved(NOW)
    Notice.objects.all().delete()
    acts.move_expected(supply, DAY + timedelta(days=4), "面料晚到", **common())
    assert tell_moved(NOW) == 1
    told = {n.to_id or n.role: n.text for n in Notice.objects.all()}
    assert set(told) == {anna.pk, berta.pk, "aftersales"}
    assert f"{supply.number} {sku.label}：预计 12-12 到货" in told[anna.pk]
    assert followed.order_no in told[anna.pk]
    assert talked.order_no in told[berta.pk]
    assert nobody.order_no in told["aftersales"]
    assert tell_moved(NOW) == 0  # once
    assert Notice.objects.count() == 3


def test_a_purchase_that_is_cancelled_takes_the_day_away(sku: Sku) -> None:
    waiting_order(sku)
    supply = bought(sku, 9)
    acts.cancel_supply(supply, "厂家停产", **common())
    tell_moved(NOW)
    assert "不来了" in Notice.objects.get().text


def test_a_buyer_whose_promise_cannot_be_kept_is_told_the_new_day_once(sku: Sku) -> None:
    now = datetime(2026, 12, 1, 2, tzinfo=UTC)
    order = waiting_order(sku, ship_by=now + timedelta(days=2))
    in_time = waiting_order(sku, ship_by=now + timedelta(days=30))
    shop = order.shop
    type(shop).objects.filter(pk=shop.pk).update(tells=["delayed:sms"])
    supply = bought(sku, 9)
    tell_moved(now)
    told = CustomerMessage.objects.get()
    assert told.order_id == order.pk
    assert told.kind == "delayed"
    assert told.say["values"]["by"] == "12 月 8 日"
    acts.move_expected(supply, DAY + timedelta(days=1), "又晚一天", **common())
    tell_moved(now)
    assert CustomerMessage.objects.count() == 1
    assert not CustomerMessage.objects.filter(order=in_time).exists()


@pytest.mark.parametrize("how", ["sms", "chat"])
def test_what_came_or_was_split_off_meanwhile_is_not_told(sku: Sku, how: str) -> None:
    """SOP 6.b: asked again when it is sent; the half that has its goods waits for none."""
    night = datetime(2026, 12, 1, 15, tzinfo=UTC)
    here = SkuFactory.create(on_hand=5)
    order = OrderFactory.create(lines=[(sku, 1), (here, 1)], ship_by=night + timedelta(days=2))
    type(order.shop).objects.filter(pk=order.shop.pk).update(tells=[f"delayed:{how}"])
    bought(sku, 9)
    tell_moved(night)
    assert CustomerMessage.objects.get().state == "planned"
    short = order.lines.get(sku=sku)
    split_order(order, Wish({short.pk: 1}), by=Actor("person", "王芳"), now=night)
    morning = night + timedelta(hours=10)
    send_planned(morning)
    told = CustomerMessage.objects.get()
    assert told.order_id == order.pk
    if how == "sms":
        assert say_of(told, morning) is None
    else:
        drop_outdated(morning)
    told.refresh_from_db()
    assert (told.state, bool(told.why)) == ("skipped", True)


def test_late_ones_are_a_worklist_with_its_count_in_the_header(sku: Sku) -> None:
    bought(sku, 3, datetime.now(UTC).date() - timedelta(days=3))
    buyer = Client()
    buyer.force_login(UserFactory.create(role="purchasing"))
    live = buyer.get("/live").content.decode()
    assert "到货迟了<em>1</em>" in live
    page = buyer.get("/supplies/late").content.decode()
    assert "迟到 " in page
    home = buyer.get("/").content.decode()
    assert "迟到的货" in home
    assert "要采购的" in home


def test_who_does_it_and_when_stands_with_each_step_of_a_made_thing() -> None:
    sku = SkuFactory.create(on_hand=0, made=True)
    by = Actor.person(UserFactory.create(role="purchasing", full_name="周采购"))
    supply = acts.draft_supply(sku, 5, by=by, now=NOW)
    steps: list[Any] = [
        lambda c: acts.confirm_materials(supply, "布料、扣子", **c),
        lambda c: acts.schedule_supply(supply, DAY, **c),
        lambda c: acts.check_sample(supply, True, "", **c),
        lambda c: acts.assemble_supply(supply, "", **c),
        lambda c: acts.receive_supply(supply, 5, 0, "", **c),
    ]
    for hour, step in enumerate(steps):
        done = step({"by": by, "now": NOW + timedelta(hours=hour)})
        assert (done.actor_name, done.at) == ("周采购", NOW + timedelta(hours=hour))
    supply.refresh_from_db()
    assert supply.state == SupplyState.ARRIVED
