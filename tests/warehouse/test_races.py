"""Two stations, two scans, two waves at once: done once, the second is told (failure mode 7)."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import timezone

from core.acts import Actor
from core.verdict import Refused
from orders.models import Order
from orders.services.release import take_back
from staff.factories import UserFactory
from staff.models import User
from stock.factories import SkuFactory
from stock.models import Sku
from tests.core.threads import in_threads
from warehouse import factories
from warehouse.factories import Bench, picked, released, wave_of
from warehouse.models import Parcel, ParcelLine, Scan, Wave
from warehouse.services.waves import begin_wave
from warehouse.words import Outcome, Station

NOW = timezone.now()
pytestmark = [pytest.mark.postgres, pytest.mark.soak, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def user() -> User:
    factories.boxes()
    return UserFactory.create(role="warehouse")


def on_the_bench(user: User, quantity: int) -> tuple[Parcel, Sku]:
    sku = SkuFactory.create()
    released([(sku, quantity)])
    (parcel,) = picked(user, NOW)
    return parcel, sku


def scanning(user: User, parcel: Parcel, texts: list[str], token: uuid.UUID | None = None) -> Any:
    """What a thread does: wait for the others, then scan the next of the texts."""
    barrier, left = threading.Barrier(len(texts)), iter(texts)
    lock = threading.Lock()

    def run() -> Scan:
        with lock:
            text = next(left)
        bench = Bench(Station.VERIFY, user, NOW)
        bench.parcel = parcel
        barrier.wait()
        return bench(text, token)

    return run


def counted(parcel: Parcel) -> int:
    return ParcelLine.objects.get(parcel=parcel).verified


def test_the_last_piece_scanned_at_two_stations_counts_once(user: User) -> None:
    parcel, sku = on_the_bench(user, 1)
    scans = in_threads(4, scanning(user, parcel, [sku.code] * 4))
    assert sorted(scan.outcome for scan in scans) == ["right", "wrong", "wrong", "wrong"]
    assert counted(parcel) == 1


def test_one_scan_sent_by_four_threads_counts_once(user: User) -> None:
    parcel, sku = on_the_bench(user, 4)
    scans = in_threads(4, scanning(user, parcel, [sku.code] * 4, uuid.uuid4()))
    assert len({scan.pk for scan in scans}) == 1
    assert counted(parcel) == 1


def test_without_its_key_each_counts(user: User) -> None:
    """The negative control of the one above."""
    parcel, sku = on_the_bench(user, 4)
    in_threads(4, scanning(user, parcel, [sku.code] * 4))
    assert counted(parcel) == 4


def test_one_waybill_for_two_parcels_ships_one(user: User) -> None:
    parcels = [weighed(user), weighed(user)]
    barrier, left = threading.Barrier(2), iter(parcels)

    def ship() -> Scan:
        bench = Bench(Station.SHIP, user, NOW)
        bench.parcel = next(left)
        barrier.wait()
        return bench("YT8800112233")

    scans = in_threads(2, ship)
    assert sorted(scan.outcome for scan in scans) == ["right", "wrong"]
    assert Order.objects.filter(state="shipped").count() == 1


def weighed(user: User) -> Parcel:
    parcel, sku = on_the_bench(user, 1)
    for station, codes in steps(parcel, sku):
        bench = Bench(station, user, NOW)
        assert all(bench(code).outcome == Outcome.RIGHT for code in codes)
    return Parcel.objects.get(pk=parcel.pk)


def steps(parcel: Parcel, sku: Sku) -> Iterator[tuple[Station, list[str]]]:
    yield Station.VERIFY, [parcel.number, sku.code]
    yield Station.PACK, [parcel.number, "OK"]
    yield Station.WEIGH, [parcel.number, "340"]


def test_taking_back_and_beginning_race_and_one_wins(user: User) -> None:
    order = released()
    wave, by = wave_of(user, NOW), Actor.person(user)
    barrier, first = threading.Barrier(2), iter([True, False])

    def run() -> str:
        begins = next(first)
        barrier.wait()
        try:
            if begins:
                begin_wave(wave, by=by, now=NOW)
            else:
                take_back(order, by=by, now=NOW)
        except Refused as refusal:
            return refusal.verdict.reason
        return "begun" if begins else "taken back"

    said = in_threads(2, run)
    order.refresh_from_db()
    parcel = Parcel.objects.get(order=order)
    if "taken back" in said:
        assert (order.state, order.released_at, parcel.state) == ("paid", None, "stopped")
    else:
        assert (order.state, parcel.state) == ("picking", "picking")
        assert any("收不回来" in each for each in said)


def test_two_waves_at_once_share_no_order(user: User) -> None:
    orders = {released().pk for _ in range(4)}
    barrier = threading.Barrier(2)

    def run() -> Wave | None:
        barrier.wait()
        try:
            return wave_of(user, NOW, most=3)
        except Refused:
            return None

    in_threads(2, run)
    assert {parcel.order_id for parcel in Parcel.objects.all()} <= orders
    assert Parcel.objects.count() == len({p.order_id for p in Parcel.objects.all()})
