"""A day in the warehouse by scanner alone: 30 orders from paid to shipped (SOP 2.c to 2.g).

One wrong item, one intercept, one short pick and one overweight are among them.
"""

from __future__ import annotations

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from core.acts import Actor
from orders.models import Order
from orders.services.intercept import ask_stop
from staff.factories import UserFactory
from staff.models import User
from staff.services.badges import give_badge
from stock.factories import SkuFactory
from stock.models import Sku, StockLevel
from tests.conftest import NewPage, SignedIn
from warehouse import factories
from warehouse.factories import released
from warehouse.models import Parcel, Scan, Wave

NOW = timezone.now()
SINGLES = 28
pytestmark = [pytest.mark.sqlite, pytest.mark.django_db(transaction=True)]


def scan(page: Page, text: str) -> None:
    """One scan, and its answer."""
    with page.expect_response(lambda answer: answer.request.method == "POST") as answer:
        page.keyboard.type(text)
        page.keyboard.press("Enter")
    assert answer.value.ok, text


def scans(page: Page, *texts: str) -> None:
    for text in texts:
        scan(page, text)


def outcome(page: Page, wanted: str) -> None:
    expect(page.locator("#bench")).to_have_attribute("data-outcome", wanted)


def make_and_take(page: Page, kind: str) -> Wave:
    """The wave board: look, make, take."""
    page.goto(f"/warehouse/waves?kind={kind}&most=40")
    page.get_by_role("button", name="建波次").click()
    page.get_by_role("button", name="领取，开始配货").click()
    expect(page.get_by_role("region", name="配货单")).to_be_visible()
    page.wait_for_load_state("load")
    wave = Wave.objects.order_by("-pk").first()
    assert wave is not None
    return wave


def parcels(state: str) -> list[Parcel]:
    return list(Parcel.objects.filter(state=state).select_related("order").order_by("pk"))


def test_a_day_from_paid_to_shipped(new_page: NewPage, signed_in: SignedIn) -> None:
    picker = UserFactory.create(role="warehouse", full_name="张伟")
    colleague = UserFactory.create(role="warehouse", full_name="刘洋")
    give_badge(colleague, "0042", "1357")
    factories.boxes()
    gone = SkuFactory.create(shelf="A-00-01", on_hand=3)
    shirt, trousers = (SkuFactory.create(weight_g=260, on_hand=60) for _ in range(2))
    short = released([(gone, 1)])
    for number in range(SINGLES - 1):
        released([((shirt, trousers)[number % 2], 1)])
    for _ in range(2):
        released([(shirt, 1), (trousers, 1)])
    page = signed_in(new_page(viewport={"width": 1280, "height": 800}), picker)
    second = signed_in(new_page(), colleague)

    _pick(page, second, short)
    _verify(page, shirt, trousers)
    stopped = _pack(page, picker)
    _weigh(page)
    _ship(page)

    states = dict(Order.objects.values_list("order_no", "state"))
    assert len(states) == 30
    assert {no for no, state in states.items() if state == "paid"} == {short.order_no, stopped}
    assert sum(state == "shipped" for state in states.values()) == 28
    assert Parcel.objects.filter(state="shipped").exclude(slip_pulled_at=None).count() == 28
    waybills = Parcel.objects.filter(state="shipped").values_list("waybill", flat=True)
    assert len(set(waybills)) == 28
    assert Scan.objects.filter(outcome="stop").exists()
    for sku in (shirt, trousers):
        left = Parcel.objects.filter(state="shipped", lines__sku=sku).count()
        assert StockLevel.objects.get(sku=sku).on_hand == 60 - left
    assert StockLevel.objects.get(sku=gone).on_hand == 2


def _pick(page: Page, second: Page, short: Order) -> None:
    """The singles in bulk, with one product that is not there; the others piece by piece."""
    make_and_take(page, "single")
    scan(page, "SHORT")
    outcome(page, "right")
    scan(page, "CMD:OK")
    outcome(page, "right")
    second.goto("/warehouse/shorts")
    second.get_by_role("button", name="没有").click()
    expect(second.locator(".messages")).to_contain_text("退回客服")
    short.refresh_from_db()
    assert short.state == "paid"
    make_and_take(page, "multi")
    for line in Parcel.objects.filter(state="picking").values_list(
        "lines__sku__barcode", flat=True
    ):
        scan(page, str(line))
    assert not parcels("picking")


def _verify(page: Page, shirt: Sku, trousers: Sku) -> None:
    """Single pieces by the scan of the goods; of the others one has a wrong item first."""
    page.goto("/warehouse/stations/verify")
    for parcel in parcels("picked"):
        if parcel.wave and parcel.wave.kind == "single":
            scan(page, parcel.lines.get().sku.barcode)
    first, other = parcels("picked")
    scans(page, first.number, shirt.barcode, shirt.barcode)
    outcome(page, "wrong")
    scans(page, trousers.barcode, other.number, shirt.barcode, trousers.barcode)
    outcome(page, "right")
    assert not parcels("picked")


def _pack(page: Page, picker: User) -> str:
    """All but one, which service asks to stop; its number."""
    page.goto("/warehouse/stations/pack")
    stopped, *others = parcels("verified")
    ask_stop(stopped.order, "买家要改地址", by=Actor.person(picker), now=NOW)
    scan(page, stopped.number)
    expect(page.locator("#bench .result.stop")).to_contain_text("买家要改地址")
    scan(page, "CMD:OK")
    for parcel in others:
        scans(page, parcel.number, "CMD:OK")
    outcome(page, "right")
    assert not parcels("verified")
    return stopped.order.order_no


def _weigh(page: Page) -> None:
    """One is too heavy: the colleague takes the bench by badge and PIN and agrees."""
    page.goto("/warehouse/stations/weigh")
    heavy, *others = parcels("packed")
    scans(page, heavy.number, "900")
    outcome(page, "wrong")
    scan(page, "U:0042")
    expect(page.locator("#bench")).to_have_attribute("data-expect", "pin")
    scan(page, "1357")
    expect(page.get_by_role("navigation", name="工位")).to_contain_text("刘洋")
    page.wait_for_load_state("load")
    scan(page, "CMD:OK")
    outcome(page, "right")
    for parcel in others:
        scans(page, parcel.number, str(parcel.expected_g + 80))
    outcome(page, "right")
    assert not parcels("packed")


def _ship(page: Page) -> None:
    page.goto("/warehouse/stations/ship")
    for number, parcel in enumerate(parcels("weighed")):
        scans(page, parcel.number, f"YT88{number:08d}")
    outcome(page, "right")
    assert not parcels("weighed")
