"""SOP 2.f: pack into a box that holds the goods."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from orders.models import Order
from staff.factories import UserFactory
from staff.models import User
from stock.factories import SkuFactory
from stock.models import Sku
from warehouse import factories
from warehouse.factories import Bench, picked, released
from warehouse.models import Box, Parcel
from warehouse.models.packing import all_boxes, sides_mm
from warehouse.policy import BoxFact, Size, best_box, has_room, may_use_box
from warehouse.words import Outcome, Station

NOW = timezone.now()


@pytest.fixture
def user(db: None) -> User:
    factories.boxes()
    return UserFactory.create(role="warehouse")


def verified(user: User, pieces: int = 1, weight_g: int = 260) -> Parcel:
    sku = SkuFactory.create(weight_g=weight_g)
    released([(sku, pieces)])
    (parcel,) = picked(user, NOW)
    bench = Bench(Station.VERIFY, user, NOW)
    bench(parcel.number)
    for _ in range(pieces):
        bench(sku.code)
    parcel.refresh_from_db()
    assert parcel.state == "verified"
    return parcel


def packing(user: User, parcel: Parcel) -> Bench:
    bench = Bench(Station.PACK, user, NOW)
    assert bench(parcel.number).outcome == Outcome.RIGHT
    return bench


def test_the_box_is_scanned_and_the_order_is_packed(user: User) -> None:
    parcel = verified(user)
    assert packing(user, parcel)("BOX-2").outcome == Outcome.RIGHT
    parcel.refresh_from_db()
    assert (parcel.state, parcel.box, parcel.packed_at) == ("packed", "BOX-2", NOW)
    assert Order.objects.get(pk=parcel.order_id).state == "packed"


def test_ok_takes_the_smallest_box_that_fits(user: User) -> None:
    small, large = verified(user, pieces=3), verified(user, pieces=4)
    packing(user, small)("CMD:OK")
    packing(user, large)("OK")
    assert [Parcel.objects.get(pk=p.pk).box for p in (small, large)] == ["BOX-1", "BOX-2"]


def test_a_box_that_is_too_small_is_refused(user: User) -> None:
    bench = packing(user, verified(user, pieces=4))
    assert "最多装 3 件" in bench("BOX-1").answer
    bench = packing(user, verified(user, weight_g=1500))
    assert "最多装 1000 克" in bench("BOX-1").answer


def test_the_box_is_proposed_by_room_and_the_packer_may_take_another(user: User) -> None:
    """Longest side and volume, where SKU and box have them; what is soft goes into less."""
    Box.objects.filter(code="BOX-1").update(inside="300×200×100")
    Box.objects.filter(code="BOX-2").update(inside="400×300×200")
    long, many, own = verified(user), verified(user, pieces=3), verified(user)
    for parcel, sides in ((long, (310, 50, 50)), (many, (200, 150, 80)), (own, (310, 50, 50))):
        length, width, height = sides
        Sku.objects.filter(pk=parcel.lines.get().sku_id).update(
            length_mm=length, width_mm=width, height_mm=height
        )
    for parcel in (long, many):
        packing(user, parcel)("CMD:OK")
    assert packing(user, own)("BOX-1").outcome == Outcome.RIGHT
    boxes = [Parcel.objects.get(pk=p.pk).box for p in (long, many, own)]
    assert boxes == ["BOX-2", "BOX-2", "BOX-1"]


@pytest.mark.parametrize(
    ("said", "sides"),
    [("250×180×100", (250, 180, 100)), ("100*250 x 180mm", (250, 180, 100)), ("小号", ())],
)
def test_the_inside_of_a_box_is_read_as_it_is_written(said: str, sides: tuple[int, ...]) -> None:
    assert sides_mm(said) == sides


def test_an_unknown_or_retired_box_is_refused_and_the_known_ones_named(user: User) -> None:
    Box.objects.filter(code="BOX-1").update(active=False)
    bench = packing(user, verified(user))
    assert "BOX-2" in bench("BOX-1").answer
    assert bench("BOX-99").outcome == Outcome.WRONG
    Box.objects.update(active=False)
    all_boxes.forget()
    assert "没有装得下的" in bench("OK").answer


def test_what_is_not_verified_is_not_packed(user: User) -> None:
    released()
    (parcel,) = picked(user, NOW)
    bench = Bench(Station.PACK, user, NOW)
    assert "校验台" in bench(parcel.number).answer
    assert "手上没有包裹" in bench("BOX-1").answer


def test_the_next_bench_takes_over_at_once(user: User) -> None:
    """Who verified it holds it no more."""
    parcel = verified(user)
    other = Bench(Station.PACK, UserFactory.create(role="warehouse"), NOW)
    assert other(parcel.number).outcome == Outcome.RIGHT
    third = Bench(Station.PACK, UserFactory.create(role="warehouse"), NOW)
    third.now = NOW + timedelta(seconds=30)
    other.now = NOW + timedelta(seconds=20)
    assert other(parcel.number).outcome == Outcome.RIGHT
    assert third(parcel.number).outcome == Outcome.WRONG


def test_undo_takes_it_out_of_the_box(user: User) -> None:
    parcel = verified(user)
    bench = packing(user, parcel)
    bench("BOX-1")
    assert bench("UNDO").outcome == Outcome.RIGHT
    parcel.refresh_from_db()
    assert (parcel.state, parcel.box) == ("verified", "")
    assert Order.objects.get(pk=parcel.order_id).state == "picking"


SIDES = st.tuples(*[st.integers(1, 600)] * 3).map(lambda x: tuple(sorted(x, reverse=True)))
FACTS = st.builds(
    BoxFact,
    code=st.text(min_size=1, max_size=3),
    weight_g=st.integers(0, 500),
    most_g=st.integers(1, 5000),
    most_pieces=st.integers(1, 20),
    sides=st.just(()) | SIDES,
)
SIZES = st.none() | st.builds(Size, st.integers(1, 10**8), SIDES)


@given(st.lists(FACTS, max_size=6), st.integers(0, 6000), st.integers(1, 25), SIZES)
def test_the_best_box_fits_and_no_smaller_one_does(
    boxes: list[BoxFact], goods_g: int, pieces: int, size: Size | None
) -> None:
    best = best_box(boxes, goods_g, pieces, size)
    fitting = [
        box for box in boxes if may_use_box(box, goods_g, pieces).allowed and has_room(box, size)
    ]
    assert (best is None) == (not fitting)
    if best is not None:
        assert best in fitting
        assert all(best.most_g <= box.most_g for box in fitting)
