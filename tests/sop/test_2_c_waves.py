"""SOP 2.c: released orders are gathered in waves, and begun when the list is taken."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from core.acts import TIMER, Actor, Repeated, act
from core.verdict import Refused
from orders.factories import OrderFactory, ShopFactory
from orders.models import Order
from orders.policy import may_take_back
from orders.selectors.order import timeline
from orders.services.hold import hold_order
from orders.services.release import take_back
from orders.services.stocking import free_goods
from orders.words import Delivery, HoldKind
from staff.factories import UserFactory
from staff.models import User
from stock.factories import SkuFactory
from warehouse.factories import begun, picked, released, wave_of
from warehouse.models import Parcel, Wave
from warehouse.selectors.board import home, wave_page
from warehouse.selectors.leaving import leaving_page
from warehouse.selectors.waves import Asked, to_pick, without_sku
from warehouse.services.expedite import expedite, unexpedite
from warehouse.services.waves import begin_wave, make_wave

NOW = timezone.now()


@pytest.fixture
def picker(db: None) -> User:
    return UserFactory.create(role="warehouse", full_name="张伟")


def numbers(user: User, **asked: object) -> list[str]:
    return [order.order_no for order in to_pick(user, Asked(**asked))]  # type: ignore[arg-type]


def test_what_is_released_and_free_waits_for_a_wave(picker: User, by: Actor) -> None:
    order, held, unreleased = released(), released(), OrderFactory.create()
    hold_order(held, HoldKind.CUSTOMER, "再想想", by=by, now=NOW)
    assert numbers(picker) == [order.order_no]
    wave_of(picker, NOW)
    assert numbers(picker) == [], "it has a parcel now"
    assert unreleased.released_at is None


def test_expedited_first_then_by_promise(picker: User, by: Actor) -> None:
    late = released(ship_by=NOW + timedelta(hours=40))
    soon = released(ship_by=NOW + timedelta(hours=2))
    expedite(late, by=by, now=NOW)
    assert numbers(picker) == [late.order_no, soon.order_no]
    assert numbers(picker, expedited=True) == [late.order_no]
    wave = wave_of(picker, NOW)
    assert wave.expedited
    assert list(wave.parcels.order_by("slot").values_list("order_id", "expedited")) == [
        (late.pk, True),
        (soon.pk, False),
    ]
    unexpedite(Order.objects.get(pk=late.pk), by=by, now=NOW)
    with pytest.raises(Refused, match="没有加急"):
        unexpedite(Order.objects.get(pk=late.pk), by=by, now=NOW)


def test_expediting_moves_a_parcel_forward_wherever_it_is(picker: User, by: Actor) -> None:
    """At the benches, on the wave board and where it waits to leave (issue: expedited first)."""
    first, second = (released(delivery="freight") for _ in range(2))
    *_, early = picked(picker, NOW)
    third = released()
    wave = wave_of(picker, NOW)
    for at, order in enumerate((first, second)):
        Parcel.objects.filter(order=order).update(
            state="weighed", delivery="freight", weighed_at=NOW + timedelta(minutes=at)
        )
    expedite(second, by=by, now=NOW)
    expedite(third, by=by, now=NOW)
    assert [p.order_id for p in leaving_page(picker, Delivery.FREIGHT, "").rows] == [
        second.pk,
        first.pk,
    ]
    assert [p.order_id for p in home(picker, NOW).first][:2] == [second.pk, third.pk]
    wave.refresh_from_db()
    assert wave.expedited
    unexpedite(Order.objects.get(pk=third.pk), by=by, now=NOW)
    wave.refresh_from_db()
    assert (wave.expedited, wave.parcels.get().expedited) == (False, False)
    assert early.wave is not None


def test_expedited_waves_come_first_over_all_pages(picker: User, by: Actor) -> None:
    waves = [
        Wave(number=f"W9{n:05d}", kind="single", made_at=NOW, expedited=n > 22) for n in range(25)
    ]
    Wave.objects.bulk_create(waves)
    found = wave_page(picker, "")
    assert [wave.number for wave in found.rows[:3]] == ["W900023", "W900024", "W900000"]
    rest = wave_page(picker, found.older)
    assert [wave.number for wave in rest.rows] == [f"W9{n:05d}" for n in range(18, 23)]
    assert wave_page(picker, rest.newer).rows == found.rows


def test_a_wave_by_carrier_shop_kind_zone_and_promise(picker: User) -> None:
    a, b = SkuFactory.create(shelf="A-01-01"), SkuFactory.create(shelf="B-01-01")
    one = released([(a, 1)], ship_by=NOW)
    two = released([(a, 1), (b, 1)], ship_by=NOW + timedelta(days=2))
    other = released([(b, 2)], carrier="SF", shop=ShopFactory.create(code="jd1"), ship_by=None)
    assert numbers(picker, carrier="SF") == [other.order_no]
    assert numbers(picker, shop="jd1") == [other.order_no]
    assert numbers(picker, kind="single") == [one.order_no]
    assert numbers(picker, kind="multi") == [two.order_no, other.order_no]
    assert numbers(picker, zone="A") == [one.order_no]
    assert numbers(picker, zone="B") == [other.order_no]
    assert numbers(picker, before=NOW + timedelta(hours=1)) == [one.order_no]
    assert wave_of(picker, NOW, kind="single").kind == "single"
    assert wave_of(picker, NOW, kind="multi").kind == "multi"


def test_goods_that_are_no_product_of_ours_cannot_be_picked(picker: User) -> None:
    order = released()
    with act("seed", order, by=TIMER) as (row, _):
        free_goods(row, "", NOW)
    order.lines.update(sku=None)
    assert numbers(picker) == []
    assert list(without_sku(picker)) == [order]


def test_a_wave_of_nothing_is_refused(picker: User) -> None:
    with pytest.raises(Refused, match="没有符合条件"):
        wave_of(picker, NOW)
    assert not Wave.objects.exists()


def test_taking_the_list_begins_its_orders(picker: User) -> None:
    order = released()
    (parcel,) = begun(picker, NOW)
    order.refresh_from_db()
    assert (order.state, parcel.state) == ("picking", "picking")
    assert parcel.wave is not None
    assert parcel.wave.taken_by == picker
    assert not may_take_back(order.facts()).allowed
    assert timeline(order)[0].verb == "begin_wave"
    assert [(line.sku_id, line.quantity) for line in parcel.lines.all()] == [
        (line.sku_id, line.quantity) for line in order.lines.all()
    ]


def test_what_was_taken_back_meanwhile_is_left_out(picker: User, by: Actor) -> None:
    stays, goes = released(), released()
    wave = wave_of(picker, NOW)
    take_back(goes, by=by, now=NOW)
    begin_wave(wave, by=Actor.person(picker), now=NOW)
    states = dict(Parcel.objects.values_list("order_id", "state"))
    assert states == {stays.pk: "picking", goes.pk: "stopped"}
    goes.refresh_from_db()
    assert goes.state == "paid"


def test_a_wave_of_which_nothing_is_left_is_done(picker: User, by: Actor) -> None:
    order = released()
    wave = wave_of(picker, NOW)
    take_back(order, by=by, now=NOW)
    begin_wave(wave, by=Actor.person(picker), now=NOW)
    wave.refresh_from_db()
    assert wave.state == "done"


def test_it_is_begun_once(picker: User) -> None:
    released()
    wave, token = wave_of(picker, NOW), uuid.uuid4()
    begin_wave(wave, by=Actor.person(picker), now=NOW, token=token)
    with pytest.raises(Repeated):
        begin_wave(wave, by=Actor.person(picker), now=NOW, token=token)
    with pytest.raises(Refused, match="已经开始配货"):
        begin_wave(wave, by=Actor.person(picker), now=NOW)


def test_the_same_form_twice_makes_one_wave(picker: User) -> None:
    released()
    by, token = Actor.person(picker), uuid.uuid4()
    make_wave(picker, Asked(), by=by, now=NOW, token=token)
    released()
    with pytest.raises(Repeated):
        make_wave(picker, Asked(), by=by, now=NOW, token=token)
    assert Wave.objects.count() == 1


def test_who_is_limited_to_shops_gathers_their_orders_only(db: None) -> None:
    released()
    stranger = UserFactory.create(role="warehouse", shop_codes=["elsewhere"])
    assert numbers(stranger) == []
