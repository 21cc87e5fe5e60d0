"""Whatever is scanned in whatever order: a parcel leaves once, whole, and never over a bar."""

from __future__ import annotations

import uuid

import pytest
from django.utils import timezone
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from core.acts import Actor
from orders.factories import OrderFactory
from orders.models import Hold, Order
from orders.services.hold import end_holds, open_hold
from orders.words import HoldKind, OrderState
from staff.factories import UserFactory
from stock.factories import SkuFactory
from warehouse import factories
from warehouse.factories import Bench, picked, released
from warehouse.models import Parcel, Scan
from warehouse.words import ParcelState, Station

NOW = timezone.now()
P, S = ParcelState, OrderState
FITS = {
    P.PICKED: S.PICKING,
    P.VERIFIED: S.PICKING,
    P.PACKED: S.PACKED,
    P.WEIGHED: S.PACKED,
    P.SHIPPED: S.SHIPPED,
}
# One scan takes a parcel one step on, or one back.
STEPS = {
    *((P.PICKED, P.VERIFIED), (P.VERIFIED, P.PACKED), (P.PACKED, P.WEIGHED)),
    *((P.VERIFIED, P.PICKED), (P.PACKED, P.VERIFIED), (P.WEIGHED, P.PACKED)),
    (P.WEIGHED, P.SHIPPED),
}
CODES = ["PARCEL", "GOODS", "OTHER", "OK", "UNDO", "NEXT", "BOX-1", "600", "900", "YT12345678"]


class Scans(RuleBasedStateMachine):
    """A parcel of two pieces, two people, four stations, one hold."""

    @initialize()
    def begin(self) -> None:
        factories.boxes()
        people = [UserFactory.create(role="warehouse") for _ in range(2)]
        self.by = Actor.person(people[0])
        self.sku, self.other = SkuFactory.create(weight_g=260), SkuFactory.create()
        released([(self.sku, 2)])
        (self.parcel,) = picked(people[0], NOW)
        self.benches = {
            (station, who): Bench(station, person, NOW)
            for station in (Station.VERIFY, Station.PACK, Station.WEIGH, Station.SHIP)
            for who, person in enumerate(people)
        }
        self.waybill = ""
        self.look()

    def look(self) -> None:
        self.parcel = Parcel.objects.get(pk=self.parcel.pk)
        self.order = Order.objects.get(pk=self.parcel.order_id)
        self.state = P(self.parcel.state)

    def held(self) -> bool:
        return Hold.objects.filter(order=self.order, state="open").exists()

    @rule(
        station=st.sampled_from([Station.VERIFY, Station.PACK, Station.WEIGH, Station.SHIP]),
        who=st.integers(0, 1),
        code=st.sampled_from(CODES),
        twice=st.booleans(),
    )
    def scan(self, station: Station, who: int, code: str, twice: bool) -> None:
        bench, token = self.benches[station, who], uuid.uuid4()
        words = {"PARCEL": self.parcel.number, "GOODS": self.sku.barcode}
        text = words.get(code, self.other.code if code == "OTHER" else code)
        before, held = self.state, self.held()
        done = bench(text, token)
        if twice:
            self.look()
            between = self.state
            assert bench(text, token).pk == done.pk
            self.look()
            assert self.state == between
        self.look()
        assert Scan.objects.filter(token=token).count() == 1
        if self.state is not before:
            assert (before, self.state) in STEPS
            assert done.outcome == "right" or (before, self.state) in STEPS
            assert not held or code == "UNDO", "an open hold bars every step"

    @rule()
    def hold(self) -> None:
        if self.state is P.SHIPPED:
            return
        with OrderFactory.act():
            open_hold(self.order, HoldKind.REFUND, "买家申请退款", by=self.by, now=NOW, cause="R1")

    @rule()
    def lift(self) -> None:
        with OrderFactory.act():
            end_holds(self.order, HoldKind.REFUND, "撤回", NOW, "R1")

    @invariant()
    def the_order_stands_where_its_parcel_does(self) -> None:
        assert self.order.state == FITS[self.state]

    @invariant()
    def nothing_is_counted_beyond_what_was_bought(self) -> None:
        line = self.parcel.lines.get()
        assert 0 <= line.verified <= line.quantity
        assert (line.verified == line.quantity) >= (self.state is not P.PICKED)

    @invariant()
    def what_left_has_its_weight_box_and_waybill(self) -> None:
        left = self.state is P.SHIPPED
        assert left == (self.parcel.shipped_at is not None)
        if left:
            assert self.parcel.waybill == self.order.waybill == "YT12345678"
            assert self.parcel.weight_g
            assert self.parcel.box


@pytest.mark.django_db
def test_no_order_of_scans_breaks_a_parcel() -> None:
    run_state_machine_as_test(
        Scans, settings=settings(max_examples=6, stateful_step_count=22, deadline=None)
    )
