"""Slip, label and another waybill at the station, by one scan or one key (SOP 2.c, 2.g)."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from core.acts import TIMER, act_on
from staff.factories import UserFactory
from staff.models import User
from tests.conftest import SignedIn
from tests.printing.parcels import edit
from tests.warehouse.parcels import in_the_warehouse
from warehouse.factories import Bench, boxes, picked, released
from warehouse.models import Parcel, Printed, WaybillNumber
from warehouse.words import ParcelState, Station

NOW = timezone.now()
# Counts what a frame would have printed.
PRINTER = """window.print = () => {
  const body = parent.document.body;
  body.dataset.printed = Number(body.dataset.printed || 0) + 1;
}"""
P = ParcelState


@pytest.fixture
def user(db: None) -> User:
    boxes()
    return UserFactory.create(role="warehouse", full_name="张伟")


def in_hand(user: User, station: Station, parcel: Parcel) -> Bench:
    bench = Bench(station, user, NOW)
    bench(parcel.number)
    return bench


@pytest.mark.django_db
def test_a_scan_prints_the_slip_again_and_counts_it(user: User) -> None:
    _, parcel = in_the_warehouse(P.VERIFIED)
    bench = in_hand(user, Station.PACK, parcel)
    assert "第" not in bench("CMD:SLIP").answer
    assert "第 2 次" in bench("SLIP").answer
    rows = Printed.objects.filter(parcel=parcel, paper="slip").order_by("nth")
    assert list(rows.values_list("nth", "reason")) == [(1, ""), (2, "打包台重打")]


@pytest.mark.django_db
def test_a_spoiled_label_is_replaced_at_the_station(user: User) -> None:
    _, parcel = in_the_warehouse(P.WEIGHED, carrier="YTO", waybill="YT100000001")
    WaybillNumber.objects.create(carrier="YTO", number="YT100000002", source="pool", added_at=NOW)
    bench = in_hand(user, Station.SHIP, parcel)
    assert "换成 YT100000002" in bench("CMD:WAYBILL").answer
    assert Printed.objects.get(parcel=parcel, paper="label").nth == 1
    wrong = bench("YT100000001")
    assert (wrong.outcome, "YT100000002" in wrong.answer) == ("wrong", True)
    assert bench("YT100000002").outcome == "right"


@pytest.mark.django_db
def test_without_a_number_the_label_is_refused_and_says_what_to_do(user: User) -> None:
    _, parcel = in_the_warehouse(P.WEIGHED, waybill="")
    done = in_hand(user, Station.SHIP, parcel)("CMD:LABEL")
    assert (done.outcome, "先取号" in done.answer) == ("wrong", True)
    assert not Printed.objects.exists()


@pytest.mark.django_db
def test_a_void_slip_is_printed_again_where_it_was_refused(user: User) -> None:
    """The verify station refuses it; the next scan of the command sheet prints the new one."""
    released()
    *_, parcel = picked(user, NOW)
    bench = Bench(Station.VERIFY, user, NOW)
    bench(parcel.number)
    bench("CMD:SLIP")
    bench("CMD:NEXT")
    edit(parcel.order)
    bench.now = timezone.now()
    assert "作废" in bench(parcel.number).answer
    assert bench.parcel is None
    assert "第 2 次" in bench("CMD:SLIP").answer
    assert bench(parcel.number).outcome == "right"


@pytest.mark.django_db
def test_a_frame_of_our_own_pages_alone_shows_a_sheet(user: User) -> None:
    _, parcel = in_the_warehouse(P.VERIFIED)
    in_hand(user, Station.PACK, parcel)("CMD:SLIP")
    client = Client()
    client.force_login(user)
    answer = client.get(reverse("print-sheets", args=[Printed.objects.get().job, 1]))
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-ancestors 'self'" in answer["Content-Security-Policy"]


@pytest.mark.sqlite
@pytest.mark.django_db(transaction=True)
def test_one_key_prints_it_from_the_station(page: Page, signed_in: SignedIn, user: User) -> None:
    _, parcel = in_the_warehouse(P.VERIFIED)
    with act_on("seed", [parcel], by=TIMER) as ((row,), _):
        row.waybill = "YT100000001"
    signed_in(page, user).goto(f"/warehouse/stations/pack?parcel={parcel.number}")
    page.add_init_script(PRINTER)
    page.reload()
    page.keyboard.press("F8")
    expect(page.locator("#bench")).to_have_attribute("data-outcome", "right")
    expect(page.locator("body")).to_have_attribute("data-printed", "1")
    expect(page.get_by_role("group", name="单据")).to_contain_text("已打 1 次")
    page.keyboard.press("F9")
    expect(page.locator("body")).to_have_attribute("data-printed", "2")
    expect(page.locator("#scan")).to_be_focused()
    assert Printed.objects.filter(parcel=parcel).count() == 2
