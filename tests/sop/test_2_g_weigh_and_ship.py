"""SOP 2.g: weigh against the expected weight, compute freight, pull the slip, ship."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from orders.factories import OrderFactory
from orders.models import Order
from staff.factories import UserFactory
from staff.models import User
from stock.factories import SkuFactory
from stock.models import Sku
from warehouse import factories
from warehouse.factories import Bench, picked, released
from warehouse.models import FreightPrice, Parcel, ShopPacking
from warehouse.policy import PriceFact, Tolerance, freight, weighs
from warehouse.words import Outcome, Station

NOW = timezone.now()


@pytest.fixture
def user(db: None) -> User:
    factories.boxes()
    return UserFactory.create(role="warehouse", full_name="张伟")


def to_weigh(user: User, sku: Sku | None = None, **values: object) -> Parcel:
    """A parcel of two pieces, 520 g of goods, in box 1 (80 g)."""
    sku = sku or SkuFactory.create(weight_g=260)
    released([(sku, 2)], **values)
    (parcel,) = picked(user, NOW)
    verify = Bench(Station.VERIFY, user, NOW)
    assert [verify(code).outcome for code in (parcel.number, sku.barcode, sku.code)] == [
        "right"
    ] * 3
    pack = Bench(Station.PACK, user, NOW)
    assert [pack(code).outcome for code in (parcel.number, "BOX-1")] == ["right"] * 2
    parcel.refresh_from_db()
    return parcel


def test_from_the_scale_to_the_carriers_cage(user: User) -> None:
    parcel = to_weigh(user)
    weigh, ship = Bench(Station.WEIGH, user, NOW), Bench(Station.SHIP, user, NOW)
    weigh(parcel.number)
    assert weigh("0.605").answer.startswith("605 克")
    ship(parcel.number)
    done = ship("YT8800112233")
    assert done.outcome == Outcome.RIGHT, done.answer
    parcel.refresh_from_db()
    order = Order.objects.get(pk=parcel.order_id)
    assert (parcel.state, order.state, order.waybill) == ("shipped", "shipped", "YT8800112233")
    assert parcel.slip_pulled_at == NOW


def test_outside_the_tolerance_another_person_looks(user: User) -> None:
    parcel = to_weigh(user)
    bench = Bench(Station.WEIGH, user, NOW)
    bench(parcel.number)
    said = bench("1250")
    assert (said.outcome, "重了 650 克" in said.answer) == (Outcome.WRONG, True)
    assert bench("OK").outcome == Outcome.WRONG, "the same person"
    other = Bench(Station.WEIGH, UserFactory.create(role="warehouse"), NOW)
    other.parcel = parcel
    assert other("CMD:OK").outcome == Outcome.RIGHT
    parcel.refresh_from_db()
    assert (parcel.state, parcel.weight_g, parcel.doubt_g) == ("weighed", 1250, None)


def test_weighed_again_within_the_tolerance_needs_nobody(user: User) -> None:
    parcel = to_weigh(user)
    bench = Bench(Station.WEIGH, user, NOW)
    bench(parcel.number)
    bench("250 g")
    assert bench("WT:0.590kg").outcome == Outcome.RIGHT
    parcel.refresh_from_db()
    assert (parcel.weight_g, parcel.doubt_g) == (590, None)


def test_the_tolerance_is_the_shops(user: User) -> None:
    parcel = to_weigh(user)
    with OrderFactory.act():
        ShopPacking.objects.create(shop=parcel.order.shop, tolerance_g=5, tolerance_percent=0)
    bench = Bench(Station.WEIGH, user, NOW)
    bench(parcel.number)
    assert bench("606").outcome == Outcome.WRONG
    assert bench("605").outcome == Outcome.RIGHT


def test_goods_without_a_weight_cannot_be_compared(user: User) -> None:
    sku = SkuFactory.create(weight_g=0)
    parcel = to_weigh(user, sku)
    bench = Bench(Station.WEIGH, user, NOW)
    bench(parcel.number)
    assert "没法核对" in bench("3000").answer


def test_the_freight_is_the_carriers_for_the_zone(user: User) -> None:
    with OrderFactory.act():
        FreightPrice.objects.create(
            carrier="YTO", zone="省内", provinces=["广东"], first_price="5.00", step_price="1.00"
        )
        FreightPrice.objects.create(
            carrier="YTO", zone="其他", first_price="8.00", step_price="4.50"
        )
    parcel = to_weigh(user)
    bench = Bench(Station.WEIGH, user, NOW)
    bench(parcel.number)
    bench("605")
    parcel.refresh_from_db()
    assert parcel.freight == Decimal("5.00")


@pytest.mark.parametrize("typed", ["0", "9999999", "-5", "abc"])
def test_nonsense_from_the_scale_is_refused(user: User, typed: str) -> None:
    parcel = to_weigh(user)
    bench = Bench(Station.WEIGH, user, NOW)
    bench(parcel.number)
    assert bench(typed).outcome == Outcome.WRONG
    parcel.refresh_from_db()
    assert (parcel.state, parcel.doubt_g) == ("packed", None)


def weighed(user: User, **values: Any) -> Parcel:
    parcel = to_weigh(user, **values)
    bench = Bench(Station.WEIGH, user, NOW)
    bench(parcel.number)
    bench("605")
    parcel.refresh_from_db()
    return parcel


def shipping(user: User, parcel: Parcel) -> Bench:
    bench = Bench(Station.SHIP, user, NOW)
    assert bench(parcel.number).outcome == Outcome.RIGHT
    return bench


def test_the_waybill_must_be_the_parcels_own(user: User) -> None:
    parcel = weighed(user)
    Parcel.objects.filter(pk=parcel.pk).update(waybill="YT1111111111")
    bench = shipping(user, parcel)
    assert "贴错了" in bench("YT2222222222").answer
    assert bench("yt1111111111").outcome == Outcome.RIGHT


def test_a_waybill_is_used_once_even_when_its_parcel_was_stopped(user: User) -> None:
    first, second = weighed(user), weighed(user)
    shipping(user, first)("YT1111111111")
    assert first.number in shipping(user, second)("YT1111111111").answer
    Parcel.objects.filter(pk=first.pk).update(state="stopped")
    assert first.number in shipping(user, second)("YT1111111111").answer
    OrderFactory.create(state="shipped", waybill="YT3333333333")
    assert "已经用在" in shipping(user, second)("YT3333333333").answer


def test_what_is_no_waybill_is_refused(user: User) -> None:
    bench = shipping(user, weighed(user))
    for typed in ("123", "圆通速递面单一二三四五", "A" * 40, "<script>alert(1)</script>"):
        assert "不像运单号" in bench(typed).answer


def test_the_barcode_of_goods_is_no_waybill(user: User) -> None:
    sku = SkuFactory.create(barcode="6901234567890")
    assert sku.label in shipping(user, weighed(user))("6901234567890").answer


def test_without_a_carrier_nothing_leaves_unless_the_shop_has_a_usual_one(user: User) -> None:
    bench = shipping(user, weighed(user, carrier=""))
    assert "没有定快递" in bench("YT1111111111").answer
    with OrderFactory.act():
        ShopPacking.objects.create(shop=bench.parcel.order.shop, carrier="ZTO")  # type: ignore[union-attr]
    parcel = weighed(user, carrier="")
    shipping(user, parcel)("YT1111111112")
    assert Order.objects.get(pk=parcel.order_id).carrier == "ZTO"


def test_a_second_shipping_is_refused(user: User) -> None:
    parcel = weighed(user)
    bench = shipping(user, parcel)
    bench("YT1111111111")
    assert "已经发货" in bench("YT1111111111").answer
    assert bench("UNDO").outcome == Outcome.WRONG
    assert "已经发货" in Bench(Station.SHIP, user, NOW)(parcel.number).answer


def test_undo_takes_the_weight_back(user: User) -> None:
    parcel = weighed(user)
    bench = shipping(user, parcel)
    assert bench("UNDO").outcome == Outcome.RIGHT
    parcel.refresh_from_db()
    assert (parcel.state, parcel.weight_g) == ("packed", None)


def test_top_ups_are_complete_with_it_and_the_buyer_is_told(user: User) -> None:
    parcel = weighed(user)
    order = parcel.order
    order.shop.tells = ["shipped:sms"]
    with OrderFactory.act():
        order.shop.save()
    top_up = OrderFactory.create(is_top_up=True, top_up_for=order)
    shipping(user, parcel)("YT1111111111")
    top_up.refresh_from_db()
    assert (top_up.state, top_up.completed_at) == ("completed", NOW)
    assert [message.kind for message in order.messages.all()] == ["shipped"]
    assert order.history.count() >= 4


# -- the rules alone ----------------------------------------------------------------------


@given(st.integers(0, 50_000), st.integers(1, 50_000), st.integers(0, 500), st.integers(0, 50))
def test_the_weight_is_right_exactly_within_the_larger_tolerance(
    expected: int, actual: int, grams: int, percent: int
) -> None:
    verdict = weighs(expected, actual, Tolerance(grams, percent))
    off, allowed = abs(actual - expected), max(grams, expected * percent // 100)
    assert verdict.allowed == (expected == 0 or off <= allowed)
    assert not verdict.refused


PRICE = PriceFact("其他", (), 1000, Decimal("8.00"), 500, Decimal("2.00"))


@given(st.integers(1, 30_000), st.integers(0, 5_000))
def test_freight_never_falls_with_the_weight(grams: int, more: int) -> None:
    assert freight(grams, PRICE) <= freight(grams + more, PRICE)
    assert freight(min(grams, 1000), PRICE) == Decimal("8.00")


def test_each_further_weight_begun_counts() -> None:
    assert [freight(g, PRICE) for g in (1000, 1001, 1500, 1501)] == [
        Decimal("8.00"),
        Decimal("10.00"),
        Decimal("10.00"),
        Decimal("12.00"),
    ]
