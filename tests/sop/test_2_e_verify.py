"""SOP 2.e: verify by scan; wrong, extra or missing goods stop it. SOP 5.f: the quality tick."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from core.acts import Actor
from orders.factories import OrderFactory
from orders.models import Order
from orders.selectors.order import timeline
from orders.services.hold import open_hold
from orders.words import HoldKind, Stop
from staff.factories import UserFactory
from staff.models import User
from stock.factories import SkuFactory
from stock.models import Sku
from warehouse.factories import Bench, picked, released
from warehouse.models import Parcel, Scan
from warehouse.words import Outcome, Station

NOW = timezone.now()


@pytest.fixture
def user(db: None) -> User:
    return UserFactory.create(role="warehouse", full_name="张伟")


@pytest.fixture
def sku(db: None) -> Sku:
    return SkuFactory.create(style_no="K2031", colour="藏青", size="L")


def on_the_bench(user: User, lines: list[tuple[Sku, int]], **values: object) -> Bench:
    """A verify station with the parcel of these goods in hand."""
    released(lines, **values)
    *_, parcel = picked(user, NOW)
    bench = Bench(Station.VERIFY, user, NOW)
    assert bench(parcel.number).outcome == Outcome.RIGHT
    return bench


def hand(bench: Bench) -> Parcel:
    assert bench.parcel is not None
    return Parcel.objects.select_related("order").get(pk=bench.parcel.pk)


def test_every_piece_scanned_and_it_is_verified(user: User, sku: Sku) -> None:
    other = SkuFactory.create()
    bench = on_the_bench(user, [(sku, 2), (other, 1)])
    assert bench(sku.barcode).answer.startswith(f"{sku.label} 1 / 2")
    bench(sku.code.lower())
    assert bench(other.code).answer.startswith("校验完成")
    parcel = hand(bench)
    assert (parcel.state, parcel.verified_at) == ("verified", NOW)
    assert "verify" in {act.verb for act in timeline(parcel.order)}


def test_wrong_goods_stop_it_and_are_named(user: User, sku: Sku) -> None:
    wrong = SkuFactory.create(style_no="K2031", colour="藏青", size="M")
    bench = on_the_bench(user, [(sku, 1)])
    said = bench(wrong.barcode)
    assert said.outcome == Outcome.WRONG
    assert "K2031" in said.answer
    assert "藏青 · M" in said.answer
    assert "藏青 · L" in said.answer
    assert hand(bench).lines.get().verified == 0


def test_goods_that_nobody_knows_are_wrong_too(user: User, sku: Sku) -> None:
    bench = on_the_bench(user, [(sku, 1)])
    assert "XYZ-404" in bench("XYZ-404").answer


def test_one_too_many_stops_it(user: User, sku: Sku) -> None:
    bench = on_the_bench(user, [(sku, 1), (SkuFactory.create(), 1)])
    bench(sku.code)
    said = bench(sku.code)
    assert (said.outcome, "多了" in said.answer) == (Outcome.WRONG, True)
    assert hand(bench).lines.get(sku=sku).verified == 1


def test_what_is_missing_is_named(user: User, sku: Sku) -> None:
    bench = on_the_bench(user, [(sku, 2)])
    bench(sku.code)
    said = bench("CMD:OK")
    assert said.outcome == Outcome.WRONG
    assert "还差 1 件" in said.answer
    assert hand(bench).state == "picked"


def test_another_parcel_is_not_begun_before_this_one_is_done(user: User, sku: Sku) -> None:
    bench = on_the_bench(user, [(sku, 2)])
    first = hand(bench)
    released([(sku, 1)])
    (second,) = picked(user, NOW)
    bench(sku.code)
    assert "没有做完" in bench(second.number).answer
    assert hand(bench) == first
    bench("NEXT")
    assert bench(second.number).outcome == Outcome.RIGHT
    assert first.lines.get().verified == 0, "put down: counted anew"


def test_undo_takes_the_last_piece_out_and_then_the_step_back(user: User, sku: Sku) -> None:
    other = SkuFactory.create()
    bench = on_the_bench(user, [(sku, 1), (other, 1)])
    bench(sku.code)
    assert other.label not in bench("CMD:UNDO").answer
    assert bench("UNDO").outcome == Outcome.WRONG
    bench(sku.code)
    bench(other.code)
    assert hand(bench).state == "verified"
    assert bench("UNDO").outcome == Outcome.RIGHT
    assert hand(bench).state == "picked"
    assert set(hand(bench).lines.values_list("verified", flat=True)) == {0}


def test_a_stopped_parcels_slip_is_refused(user: User, sku: Sku) -> None:
    bench = on_the_bench(user, [(sku, 1)])
    parcel = hand(bench)
    with OrderFactory.act():
        row = Parcel.objects.get(pk=parcel.pk)
        row.stop(NOW, "买家要改地址")
        row.save()
    for code in (sku.code, parcel.number):
        said = bench(code)
        assert said.outcome == Outcome.STOP
        assert "买家要改地址" in said.answer
        assert "底单" in said.answer


@pytest.mark.parametrize(
    ("stop", "outcome"), [("none", "stop"), ("asked", "stop"), ("too_late", "right")]
)
def test_an_open_hold_bars_every_step_unless_it_came_too_late(
    user: User, sku: Sku, stop: str, outcome: str
) -> None:
    bench = on_the_bench(user, [(sku, 1)])
    with OrderFactory.act():
        hold = open_hold(
            hand(bench).order, HoldKind.INTERCEPT, "改地址", by=Actor.person(user), now=NOW
        )
        hold.stop = Stop(stop)
        hold.save()
    assert bench(sku.code).outcome == outcome


def test_an_order_that_left_elsewhere_is_stopped(user: User, sku: Sku) -> None:
    bench = on_the_bench(user, [(sku, 1)])
    with OrderFactory.act():
        order = Order.objects.get(pk=hand(bench).order_id)
        order.follow_platform("shipped")
        order.save()
    assert bench(sku.code).outcome == Outcome.STOP


def test_the_same_scan_twice_counts_once(user: User, sku: Sku) -> None:
    bench, token = on_the_bench(user, [(sku, 2)]), uuid.uuid4()
    first = bench(sku.code, token)
    assert bench(sku.code, token) == first
    assert hand(bench).lines.get().verified == 1
    assert Scan.objects.filter(token=token).count() == 1


def test_two_stations_on_one_parcel_the_second_is_told(user: User, sku: Sku) -> None:
    bench = on_the_bench(user, [(sku, 2)])
    bench(sku.code)
    other = Bench(Station.VERIFY, UserFactory.create(role="warehouse"), NOW)
    said = other(hand(bench).number)
    assert said.outcome == Outcome.WRONG
    assert "张伟" in said.answer
    other.now = NOW + timedelta(minutes=6)
    assert other(hand(bench).number).outcome == Outcome.RIGHT, "left alone for five minutes"


def test_what_is_verified_already_is_told(user: User, sku: Sku) -> None:
    bench = on_the_bench(user, [(sku, 1)])
    bench(sku.code)
    parcel = hand(bench)
    other = Bench(Station.VERIFY, UserFactory.create(role="warehouse"), NOW)
    assert "已经校验过了" in other(parcel.number).answer


def test_a_parcel_that_is_not_picked_yet_is_sent_back(user: User, sku: Sku) -> None:
    from warehouse.factories import begun

    released([(sku, 1)])
    (parcel,) = begun(user, NOW)
    bench = Bench(Station.VERIFY, user, NOW)
    assert "先去配货" in bench(parcel.number).answer


def test_single_pieces_are_sorted_by_the_scan_of_the_goods(user: User, sku: Sku) -> None:
    other = SkuFactory.create()
    for goods in (sku, other, sku):
        released([(goods, 1)])
    first, second, third = picked(user, NOW)
    bench = Bench(Station.VERIFY, user, NOW)
    assert first.number in bench(sku.barcode).answer
    assert third.number in bench(sku.barcode).answer
    assert second.number in bench(other.barcode).answer
    assert bench(sku.barcode).outcome == Outcome.WRONG


def test_a_code_of_another_kind_or_shop_is_refused(user: User, sku: Sku) -> None:
    bench = on_the_bench(user, [(sku, 1)])
    assert bench("W000001").outcome == Outcome.WRONG
    assert bench("BOX-1").outcome == Outcome.WRONG
    assert "没有包裹" in bench("P99999999").answer
    stranger = UserFactory.create(role="warehouse", shop_codes=["elsewhere"])
    assert "没有包裹" in Bench(Station.VERIFY, stranger, NOW)(hand(bench).number).answer


# -- quality (SOP 5.f) --------------------------------------------------------------------


def test_where_the_product_asks_each_piece_waits_for_its_tick(user: User) -> None:
    sku = SkuFactory.create(check_quality=True)
    bench = on_the_bench(user, [(sku, 2)])
    assert "质检" in bench(sku.code).answer
    assert "先质检" in bench(sku.code).answer
    assert bench("OK").outcome == Outcome.RIGHT
    bench(sku.code)
    assert "校验完成" in bench("OK").answer
    assert hand(bench).state == "verified"


def test_a_defect_goes_to_defect_stock_and_another_piece_is_taken(user: User) -> None:
    sku = SkuFactory.create(check_quality=True, on_hand=3)
    bench = on_the_bench(user, [(sku, 1)])
    assert bench("DEFECT").outcome == Outcome.WRONG, "nothing was scanned yet"
    bench(sku.code)
    assert "次品" in bench("CMD:DEFECT").answer
    sku.level.refresh_from_db()
    assert (sku.level.on_hand, sku.level.defect) == (2, 1)
    bench(sku.code)
    assert "校验完成" in bench("OK").answer


def test_a_defect_without_another_piece_is_a_stock_out(user: User) -> None:
    sku = SkuFactory.create(check_quality=True, on_hand=1)
    bench = on_the_bench(user, [(sku, 1)])
    bench(sku.code)
    assert "退回客服" in bench("DEFECT").answer
    parcel = hand(bench)
    order = Order.objects.get(pk=parcel.order_id)
    assert (parcel.state, order.state) == ("stopped", "paid")
    assert order.holds.get(state="open").kind == HoldKind.STOCK_OUT
    sku.level.refresh_from_db()
    assert (sku.level.on_hand, sku.level.defect) == (0, 1)
