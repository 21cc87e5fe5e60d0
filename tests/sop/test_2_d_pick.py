"""SOP 2.d: pick by the shelf walk; what is not on its shelf goes to a second person."""

from __future__ import annotations

import pytest
from django.utils import timezone

from core.acts import Actor
from core.verdict import Refused
from orders.factories import OrderFactory
from orders.models import Order
from orders.services.hold import open_hold
from orders.words import HoldKind
from staff.factories import UserFactory
from staff.models import User
from stock.factories import SkuFactory
from warehouse.factories import Bench, begun, released
from warehouse.models import Parcel, ShortPick, Wave
from warehouse.selectors.pick import walk
from warehouse.services.short import look
from warehouse.words import Outcome, Station

NOW = timezone.now()


@pytest.fixture
def picker(db: None) -> User:
    return UserFactory.create(role="warehouse", full_name="张伟")


@pytest.fixture
def colleague(db: None) -> User:
    return UserFactory.create(role="warehouse", full_name="刘洋")


def at_the_shelves(picker: User) -> tuple[Bench, Wave]:
    (first, *_) = begun(picker, NOW)
    bench = Bench(Station.PICK, picker, NOW)
    bench.wave = first.wave
    assert first.wave is not None
    return bench, first.wave


def states() -> list[str]:
    return list(Parcel.objects.order_by("slot").values_list("state", flat=True))


def test_the_list_follows_the_shelves_and_names_each_product_once(picker: User) -> None:
    far, near = SkuFactory.create(shelf="B-02-01"), SkuFactory.create(shelf="A-01-09")
    released([(far, 1), (near, 2)])
    released([(near, 1)])
    _, wave = at_the_shelves(picker)
    stops = walk(wave)
    assert [(stop.sku.shelf, stop.left) for stop in stops] == [("A-01-09", 3), ("B-02-01", 1)]
    assert stops[0].slots == [(1, 2), (2, 1)]


def test_each_piece_says_its_slot_and_the_last_makes_the_parcel_picked(picker: User) -> None:
    sku, other = SkuFactory.create(), SkuFactory.create()
    released([(sku, 1), (other, 1)])
    released([(sku, 1)])
    bench, wave = at_the_shelves(picker)
    assert bench(sku.barcode).answer.startswith("放 1 号格")
    assert bench(sku.code).answer.startswith("放 2 号格")
    assert states() == ["picking", "picked"]
    assert bench(sku.code).outcome == Outcome.WRONG
    assert bench(other.barcode.lower()).outcome == Outcome.RIGHT
    assert states() == ["picked", "picked"]
    wave.refresh_from_db()
    assert wave.state == "done"


def test_a_list_picked_on_paper_is_done_with_one_scan(picker: User) -> None:
    released()
    released()
    bench, _ = at_the_shelves(picker)
    assert bench("CMD:OK").answer.startswith("配完 2 个包裹")
    assert states() == ["picked", "picked"]
    assert bench("OK").outcome == Outcome.WRONG


def test_undo_puts_the_last_piece_back(picker: User) -> None:
    sku = SkuFactory.create()
    released([(sku, 2)])
    bench, _ = at_the_shelves(picker)
    bench(sku.code)
    assert bench("UNDO").outcome == Outcome.RIGHT
    assert bench("UNDO").outcome == Outcome.WRONG
    bench(sku.code)
    assert states() == ["picking"]


def test_a_held_order_is_not_picked(picker: User) -> None:
    sku = SkuFactory.create()
    order = released([(sku, 1)])
    bench, _ = at_the_shelves(picker)
    order.refresh_from_db()
    with OrderFactory.act():
        open_hold(order, HoldKind.REVIEW, "平台改了地址", by=Actor.person(picker), now=NOW)
    assert bench(sku.code).outcome == Outcome.WRONG
    bench("OK")
    assert states() == ["picking"]


def test_goods_that_are_not_there_are_looked_for_by_somebody_else(
    picker: User, colleague: User
) -> None:
    sku = SkuFactory.create(on_hand=5, shelf="A-01-01")
    order = released([(sku, 2), (SkuFactory.create(shelf="B-01-01"), 1)])
    bench, _ = at_the_shelves(picker)
    bench(sku.code)
    assert bench("SHORT").answer.startswith("报缺")
    short = ShortPick.objects.get()
    assert (short.quantity, short.by) == (1, picker)
    with pytest.raises(Refused, match="另一个人"):
        look(short, found=False, by=Actor.person(picker), now=NOW)
    parcel = look(short, found=False, by=Actor.person(colleague), now=NOW)
    assert (parcel.state, parcel.slip_voided_at) == ("stopped", NOW)
    order = Order.objects.get(pk=order.pk)
    assert (order.state, order.released_at) == ("paid", None)
    hold = order.holds.get(state="open")
    line = order.lines.get(sku=sku)
    assert (hold.kind, hold.cause) == (HoldKind.STOCK_OUT, str(line.pk))
    sku.level.refresh_from_db()
    assert sku.level.on_hand == 4
    with pytest.raises(Refused, match="已经有人复核"):
        look(short, found=True, by=Actor.person(colleague), now=NOW)


def test_goods_that_the_colleague_finds_change_nothing(picker: User, colleague: User) -> None:
    sku = SkuFactory.create(on_hand=5)
    released([(sku, 1)])
    bench, _ = at_the_shelves(picker)
    bench("SHORT")
    look(ShortPick.objects.get(), found=True, by=Actor.person(colleague), now=NOW)
    assert bench(sku.code).outcome == Outcome.RIGHT
    assert states() == ["picked"]
    sku.level.refresh_from_db()
    assert sku.level.on_hand == 5


def test_the_same_goods_are_told_short_once(picker: User) -> None:
    released()
    bench, _ = at_the_shelves(picker)
    bench("SHORT")
    assert bench("SHORT").outcome == Outcome.WRONG
    assert ShortPick.objects.count() == 1


def test_a_paper_list_leaves_what_was_told_short(picker: User) -> None:
    a, b = SkuFactory.create(shelf="A-01-01"), SkuFactory.create(shelf="B-01-01")
    released([(a, 1)])
    released([(b, 1)])
    bench, _ = at_the_shelves(picker)
    bench("SHORT")
    bench("OK")
    assert states() == ["picking", "picked"]
