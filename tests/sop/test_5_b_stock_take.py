"""SOP 5.b: what is booked is what lies there: counted blind, accepted by a second person."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from core.acts import TIMER, Actor, act_on
from core.verdict import Refused
from orders.factories import OrderFactory
from orders.models import Hold, Order, OrderLine
from staff.factories import UserFactory
from staff.models import User
from stock.factories import SkuFactory
from stock.models import Movement, Sku, StockLevel
from stock.services import ledger
from stock.words import MovementKind
from warehouse.models import Parcel, ParcelLine, StockTake, TakeCount, TakeLine
from warehouse.selectors.takes import differences, on_shelf
from warehouse.services import takes as acts
from warehouse.words import TakeState

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 12, 1, 2, tzinfo=UTC)


def person(role: str = "warehouse") -> Actor:
    user: User = UserFactory.create(role=role)
    return Actor.person(user)


def begin(*skus: Sku) -> StockTake:
    return acts.begin_take("", [sku.code for sku in skus], by=TIMER, now=NOW)


def line_of(take: StockTake, sku: Sku) -> TakeLine:
    return TakeLine.objects.select_related("sku", "take").get(take=take, sku=sku)


def moves(sku: Sku, pieces: int) -> None:
    rows: list[Sku] = []
    with act_on("adjust_stock", rows, by=TIMER, now=NOW):
        ledger.change(sku.pk, why=MovementKind.ADJUSTED, ref="", now=NOW, on_hand=pieces)


def level(sku: Sku) -> StockLevel:
    return StockLevel.objects.get(sku=sku)


def common(by: Actor, **more: Any) -> dict[str, Any]:
    return {"by": by, "now": NOW + timedelta(hours=2)} | more


@pytest.fixture
def sku(db: None) -> Sku:
    return SkuFactory.create(on_hand=10, shelf="A-01-03")


@pytest.fixture
def counter(db: None) -> Actor:
    return person()


def test_a_zone_is_counted_by_the_beginning_of_its_shelves(sku: Sku) -> None:
    SkuFactory.create(shelf="A-01-04")
    SkuFactory.create(shelf="B-01-01")
    take = acts.begin_take("A-01", [], by=TIMER, now=NOW)
    assert TakeLine.objects.filter(take=take).count() == 2
    with pytest.raises(Refused, match="没有商品"):
        acts.begin_take("Z-", [], by=TIMER, now=NOW)


def test_counts_of_several_people_add_up(sku: Sku, counter: Actor) -> None:
    line = line_of(begin(sku), sku)
    acts.count(line, 4, by=counter, now=NOW)
    acts.count(line, 1, by=counter, now=NOW)
    acts.count(line, 3, by=person(), now=NOW)
    line.refresh_from_db()
    assert (line.counted, line.booked, line.difference) == (8, 10, -2)
    acts.count(line, 7, by=counter, now=NOW, again=True)
    line.refresh_from_db()
    assert line.counted == 10


def test_a_second_person_accepts_and_the_stock_is_what_was_counted(
    sku: Sku, counter: Actor
) -> None:
    line = line_of(begin(sku), sku)
    acts.count(line, 8, by=counter, now=NOW)
    with pytest.raises(Refused, match="不能自己认可"):
        acts.accept(line, **common(counter))
    second = person("supervisor")
    acts.accept(line, **common(second))
    assert level(sku).on_hand == 8
    told = Movement.objects.get(sku=sku, why="counted")
    assert (told.on_hand_before, told.on_hand, told.by_name) == (10, 8, second.name)
    assert told.note == "账面 10，实盘 8"
    with pytest.raises(Refused, match="已经有人复核"):
        acts.accept(line, **common(person("supervisor")))


def test_what_moved_after_the_count_is_no_difference(sku: Sku, counter: Actor) -> None:
    line = line_of(begin(sku), sku)
    acts.count(line, 9, by=counter, now=NOW)
    moves(sku, -3)  # three leave between the count and its acceptance
    line.refresh_from_db()
    acts.accept(line, **common(person("supervisor")))
    assert level(sku).on_hand == 6  # one was missing, three left


def test_what_moved_during_the_count_is_pointed_out(sku: Sku, counter: Actor) -> None:
    line = line_of(begin(sku), sku)
    acts.count(line, 5, by=counter, now=NOW)
    moves(sku, 2)
    acts.count(line, 5, by=counter, now=NOW)
    line.refresh_from_db()
    assert line.moved_meanwhile


def test_a_recount_begins_from_nothing(sku: Sku, counter: Actor) -> None:
    line = line_of(begin(sku), sku)
    acts.count(line, 7, by=counter, now=NOW)
    line.refresh_from_db()
    acts.recount(line, **common(person("supervisor")))
    line.refresh_from_db()
    assert (line.round, line.difference, line.state) == (2, None, "pending")
    acts.count(line, 10, by=counter, now=NOW)
    line.refresh_from_db()
    assert line.difference == 0
    assert TakeCount.objects.filter(line=line).count() == 2  # the first round is kept


def test_what_is_found_beyond_the_books_serves_those_who_wait(counter: Actor) -> None:
    sku = SkuFactory.create(on_hand=0)
    line = line_of(begin(sku), sku)
    acts.count(line, 3, by=counter, now=NOW)
    line.refresh_from_db()
    acts.accept(line, **common(person("supervisor")))
    assert level(sku).on_hand == 3
    assert level(sku).freed_at is not None


def test_the_newest_order_loses_what_is_not_there(sku: Sku, counter: Actor) -> None:
    old = OrderFactory.create(lines=[(sku, 4)])
    new = OrderFactory.create(lines=[(sku, 5)], released=True)
    line = line_of(begin(sku), sku)
    acts.count(line, 6, by=counter, now=NOW)
    line.refresh_from_db()
    done = acts.accept(line, **common(person("supervisor")))
    assert "1 单的货不够了" in done.summary
    kept = dict(OrderLine.objects.values_list("order", "reserved"))
    assert kept == {old.pk: 4, new.pk: 2}
    assert (level(sku).on_hand, level(sku).reserved) == (6, 6)
    assert not Hold.objects.filter(order=old).exists()
    hold = Hold.objects.get(order=new, state="open")
    assert (hold.kind, hold.cause) == ("stock_out", str(OrderLine.objects.get(order=new).pk))
    assert Order.objects.get(pk=new.pk).released_at is None  # it must not go on


def test_goods_of_an_order_in_the_warehouse_are_not_taken_from_under_it(
    sku: Sku, counter: Actor
) -> None:
    OrderFactory.create(lines=[(sku, 9)], state="picking")
    line = line_of(begin(sku), sku)
    acts.count(line, 3, by=counter, now=NOW)
    line.refresh_from_db()
    with pytest.raises(Refused, match="仓库已经开始配"):
        acts.accept(line, **common(person("supervisor")))
    assert level(sku).on_hand == 10


def test_it_ends_when_all_is_counted_and_accepted(sku: Sku, counter: Actor) -> None:
    other = SkuFactory.create(on_hand=2)
    take = begin(sku, other)
    acts.count(line_of(take, sku), 9, by=counter, now=NOW)
    boss = person("supervisor")
    with pytest.raises(Refused, match="还有商品没有数"):
        acts.finish_take(take, **common(boss))
    acts.count(line_of(take, other), 2, by=counter, now=NOW)
    with pytest.raises(Refused, match="还有差异"):
        acts.finish_take(take, **common(boss))
    acts.accept(line_of(take, sku), **common(boss))
    acts.finish_take(take, **common(boss))
    take.refresh_from_db()
    assert take.state == TakeState.DONE
    with pytest.raises(Refused):
        acts.count(line_of(take, other), 1, by=counter, now=NOW)


# -- the screens ------------------------------------------------------------------------------


def client(role: str) -> Client:
    made = Client()
    made.force_login(UserFactory.create(role=role))
    return made


def test_whoever_counts_sees_no_booked_number(sku: Sku) -> None:
    take, worker, boss = begin(sku), client("warehouse"), client("supervisor")
    address = f"/stock-takes/{take.pk}"
    scan = {"code": sku.barcode, "quantity": 8, "token": uuid.uuid4()}
    assert worker.post(f"{address}/count", scan).status_code == 302
    assert worker.post(f"{address}/count", scan).status_code == 302  # sent twice: once
    for page in (address, f"{address}/count"):
        text = worker.get(page).content.decode()
        assert "账面" not in text
    text = boss.get(address).content.decode()
    assert '<b class="danger">-2</b>' in text


def test_a_scan_of_other_goods_is_said_and_counts_nothing(sku: Sku) -> None:
    take, other, worker = begin(sku), SkuFactory.create(), client("warehouse")
    scan = {"code": other.barcode, "quantity": 1, "token": uuid.uuid4()}
    answer = worker.post(f"/stock-takes/{take.pk}/count", scan)
    assert answer.status_code == 409
    assert "不在这次盘点里" in answer.content.decode()
    assert not TakeCount.objects.exists()


def test_a_difference_is_accepted_with_one_press(sku: Sku, django_assert_num_queries: Any) -> None:
    take, worker, boss = begin(sku), client("warehouse"), client("supervisor")
    scan = {"code": sku.code, "quantity": 12, "token": uuid.uuid4()}
    worker.post(f"/stock-takes/{take.pk}/count", scan)
    line = line_of(take, sku)
    boss.get("/stock-takes")
    with django_assert_num_queries(9):
        boss.get(f"/stock-takes/{take.pk}")
    form = {"token": uuid.uuid4(), "seen": line.version}
    assert worker.post(f"/stock-takes/lines/{line.pk}/accept", form).status_code == 403
    assert boss.post(f"/stock-takes/lines/{line.pk}/accept", form).status_code == 302
    assert level(sku).on_hand == 12
    finish = {"token": uuid.uuid4(), "seen": 1}
    assert boss.post(f"/stock-takes/{take.pk}/finish", finish).status_code == 302


class TakesConserve(TestCase):
    """Whatever is counted and whatever moves meanwhile: books, ledger and reservations agree."""

    @settings(deadline=None, max_examples=25)
    @given(
        st.lists(st.integers(0, 6), max_size=4),
        st.integers(0, 12),
        st.integers(-4, 6),
    )
    def test_after_it_the_shelf_has_what_was_counted_and_what_moved_since(
        self, wanted: Sequence[int], counted: int, moved: int
    ) -> None:
        sku = SkuFactory.create(on_hand=10)
        for pieces in wanted:
            if pieces:
                OrderFactory.create(lines=[(sku, pieces)])
        line = line_of(begin(sku), sku)
        acts.count(line, counted, by=person(), now=NOW)
        free = level(sku).available
        moves(sku, max(moved, -free))
        line.refresh_from_db()
        before = level(sku).on_hand
        try:
            acts.accept(line, **common(person("supervisor")))
        except Refused:
            assert level(sku).on_hand == before
        else:
            assert level(sku).on_hand == before + counted - 10
        row = level(sku)
        kept = sum(OrderLine.objects.filter(sku=sku).values_list("reserved", flat=True))
        assert row.reserved == kept <= row.on_hand
        short = OrderLine.objects.filter(sku=sku, short_since__isnull=False)
        for each in short:
            assert Hold.objects.filter(order=each.order, kind="stock_out", state="open").exists()


def test_picked_goods_are_not_missed_on_the_shelf(sku: Sku) -> None:
    order = OrderFactory.create(lines=[(sku, 3)], state="picking")
    rows: list[Parcel] = []
    with act_on("seed", rows, by=TIMER, now=NOW):
        parcel = Parcel(number="P1", order=order, made_at=NOW)
        parcel.begin()
        parcel.save()
    of = OrderLine.objects.get(order=order)
    ParcelLine.objects.create(parcel=parcel, line=of, sku=sku, quantity=3, picked=2)
    assert on_shelf(sku.pk) == 8
    take = begin(sku)
    acts.count(line_of(take, sku), 8, by=person(), now=NOW)
    assert differences(take) == []
