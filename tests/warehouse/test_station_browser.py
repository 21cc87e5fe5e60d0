"""The stations in a real browser: a scanner's keys, an input method, sounds, no connection."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from core.acts import Actor
from orders.models import Hold
from orders.services.intercept import ask_stop
from staff.factories import UserFactory
from staff.models import User
from staff.services.badges import give_badge
from stock.factories import SkuFactory
from stock.models import Sku
from tests.conftest import NewPage, SignedIn
from warehouse import factories
from warehouse.factories import begun, picked, released
from warehouse.models import Parcel, Scan
from warehouse.services.intercept import confirm_stop

NOW = timezone.now()
pytestmark = [pytest.mark.sqlite, pytest.mark.django_db(transaction=True)]

COMPOSING = (Path(__file__).parent / "composing.js").read_text()


@pytest.fixture
def user() -> User:
    factories.boxes()
    return UserFactory.create(role="warehouse", full_name="张伟")


def a_parcel(user: User, *goods: tuple[Sku, int]) -> Parcel:
    released(list(goods))
    *_, parcel = picked(user, NOW)
    return parcel


def type_scan(page: Page, text: str) -> None:
    """As a scanner types: fast, ended by Enter, wherever the focus is."""
    page.keyboard.type(text)
    page.keyboard.press("Enter")


def outcome(page: Page, wanted: str) -> None:
    expect(page.locator("#bench")).to_have_attribute("data-outcome", wanted)


def sound(page: Page, wanted: str) -> None:
    expect(page.locator("#main")).to_have_attribute("data-sound", wanted)


def test_a_scanner_alone_verifies_a_parcel(page: Page, signed_in: SignedIn, user: User) -> None:
    a, b = SkuFactory.create(shelf="A-01-01"), SkuFactory.create(shelf="B-01-01", size="M")
    parcel = a_parcel(user, (a, 1), (b, 1))
    signed_in(page, user).goto("/warehouse/stations/verify")
    expect(page.locator("#scan")).to_be_focused()
    type_scan(page, parcel.number)
    outcome(page, "right")
    expect(page.locator("tr.next")).to_contain_text("A-01-01")
    type_scan(page, "6999999999999")
    outcome(page, "wrong")
    sound(page, "wrong")
    page.mouse.click(5, 500)
    type_scan(page, a.barcode)
    outcome(page, "right")
    sound(page, "right")
    expect(page.locator("tr.next")).to_contain_text("B-01-01")
    page.get_by_role("link", name="波次", exact=True).focus()
    type_scan(page, b.barcode)
    expect(page.locator("#bench .result")).to_contain_text("校验完成")
    assert page.url.endswith(f"?parcel={parcel.number}")
    parcel.refresh_from_db()
    assert parcel.state == "verified"


def test_an_input_method_swallows_nothing(page: Page, signed_in: SignedIn, user: User) -> None:
    sku = SkuFactory.create(code="nh-Zhong-L")
    parcel = a_parcel(user, (sku, 1))
    signed_in(page, user).goto("/warehouse/stations/verify")
    page.evaluate(COMPOSING, parcel.number)
    outcome(page, "right")
    expect(page.locator("#scan")).to_have_value("")
    page.evaluate(COMPOSING, "nh-Zhong-L")
    expect(page.locator("#bench .result")).to_contain_text("校验完成")
    assert list(Scan.objects.order_by("id").values_list("code", flat=True)) == [
        parcel.number,
        "nh-Zhong-L",
    ]


def test_text_without_key_events_comes_in_too(page: Page, signed_in: SignedIn, user: User) -> None:
    """A handheld's scanner commits its text as an input method does."""
    parcel = a_parcel(user, (SkuFactory.create(), 1))
    signed_in(page, user).goto("/warehouse/stations/verify")
    page.keyboard.insert_text(parcel.number)
    page.keyboard.press("Enter")
    outcome(page, "right")


def test_no_connection_stops_and_the_scan_is_sent_again_once(
    page: Page, signed_in: SignedIn, user: User
) -> None:
    sku = SkuFactory.create()
    parcel = a_parcel(user, (sku, 2))
    signed_in(page, user).goto(f"/warehouse/stations/verify?parcel={parcel.number}")
    page.clock.install()
    lost: list[str] = []

    def lose_the_answer(route: Any) -> None:
        """The server did it; the answer never arrives."""
        if not lost:
            lost.append(route.request.post_data)
            route.fetch()
            route.abort()
        else:
            route.continue_()

    page.route("**/scan", lose_the_answer)
    type_scan(page, sku.barcode)
    expect(page.locator("#lost")).to_be_visible()
    expect(page.locator("#line")).to_have_text("断网，停一下")
    type_scan(page, sku.barcode)
    page.clock.run_for(2500)
    expect(page.locator("#line")).to_have_text("已连接")
    outcome(page, "right")
    assert parcel.lines.get().verified == 1
    assert Scan.objects.count() == 1


def test_scans_typed_ahead_are_dropped_at_the_first_refusal(
    page: Page, signed_in: SignedIn, user: User
) -> None:
    sku = SkuFactory.create()
    parcel = a_parcel(user, (sku, 3))
    signed_in(page, user).goto(f"/warehouse/stations/verify?parcel={parcel.number}")
    held: list[Any] = []
    page.route("**/scan", lambda route: held.append(route) if not held else route.continue_())
    type_scan(page, "WRONG-ONE")
    type_scan(page, sku.barcode)
    type_scan(page, sku.barcode)
    expect(page.locator("#scan")).to_have_class("scan waits")
    held[0].continue_()
    outcome(page, "wrong")
    page.unroute("**/scan")
    type_scan(page, sku.barcode)
    outcome(page, "right")
    assert parcel.lines.get().verified == 1


def test_a_stop_takes_the_whole_screen_within_five_seconds(
    page: Page, signed_in: SignedIn, user: User
) -> None:
    parcel = a_parcel(user, (SkuFactory.create(), 1))
    page.clock.install()
    signed_in(page, user).goto(f"/warehouse/stations/verify?parcel={parcel.number}")
    parcel.order.refresh_from_db()
    ask_stop(parcel.order, "买家要改地址", by=Actor.person(user), now=NOW)
    page.clock.run_for(4000)
    stop = page.locator("#bench .result.stop")
    expect(stop).to_contain_text("买家要改地址")
    sound(page, "stop")
    box = stop.bounding_box()
    assert box is not None
    assert box["width"] >= 950
    assert box["height"] >= 890
    type_scan(page, "CMD:OK")
    expect(stop).to_have_count(0)
    parcel.refresh_from_db()
    assert parcel.state == "stopped"


def test_a_stop_reaches_the_shelves_within_five_seconds(
    page: Page, signed_in: SignedIn, user: User
) -> None:
    """It fills the screen until a scan says that it was seen, which counts for nothing else; the
    pick list says which slot until the warehouse has answered.
    """
    sku = SkuFactory.create()
    order = released([(sku, 2)])
    *_, parcel = begun(user, NOW)
    assert parcel.wave is not None
    page.clock.install()
    signed_in(page, user).goto(f"/warehouse/waves/{parcel.wave.number}")
    order.refresh_from_db()
    hold = ask_stop(order, "买家要改地址", by=Actor.person(user), now=NOW)
    page.clock.run_for(4000)
    stop = page.locator("#bench .result.stop")
    expect(stop).to_contain_text(parcel.number)
    sound(page, "stop")
    whole = page.locator("#bench .stops").bounding_box()
    assert whole is not None
    assert whole["height"] >= 890
    type_scan(page, sku.barcode)
    expect(page.locator("#bench")).not_to_have_attribute("data-whole", "yes")
    assert not Scan.objects.exists()
    assert hold is not None
    confirm_stop(Hold.objects.get(), "", by=Actor.person(user), now=NOW)
    page.clock.run_for(4000)
    expect(stop).to_have_count(0)


def test_a_badge_and_its_pin_change_the_person(page: Page, signed_in: SignedIn, user: User) -> None:
    give_badge(UserFactory.create(role="warehouse", full_name="刘洋"), "0042", "1357")
    signed_in(page, user).goto("/warehouse/stations/pack")
    type_scan(page, "U:0042")
    expect(page.locator("#bench")).to_have_attribute("data-expect", "pin")
    page.keyboard.type("13")
    expect(page.locator("#scan")).to_have_value("••")
    type_scan(page, "57")
    expect(page.get_by_role("navigation", name="工位")).to_contain_text("刘洋")
    assert not Scan.objects.exists()


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (390, 844)])
def test_it_fits_the_bench_screen_and_a_handheld(
    new_page: NewPage, signed_in: SignedIn, user: User, width: int, height: int
) -> None:
    sku = SkuFactory.create(name="亚麻衬衫", colour="藏青")
    parcel = a_parcel(user, (sku, 1), (SkuFactory.create(), 2))
    page = signed_in(new_page(viewport={"width": width, "height": height}), user)
    page.goto("/warehouse/stations/verify")
    type_scan(page, parcel.number)
    outcome(page, "right")
    result = page.locator("#bench .result").bounding_box()
    assert result is not None
    assert result["height"] <= height / 2
    sizes = page.evaluate(
        """[...document.querySelectorAll('.goods td, #scan')]
           .map(each => parseFloat(getComputedStyle(each).fontSize))"""
    )
    assert min(sizes) >= 32
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
