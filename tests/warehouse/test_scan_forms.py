"""Every scanner field of the house is a station: receipt, stock-take, intercept board (screens)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from core.acts import Actor
from orders.services.intercept import ask_stop
from staff.factories import UserFactory
from staff.models import User
from staff.services.badges import give_badge
from stock.factories import SkuFactory
from stock.models import Movement, StockLevel
from tests.conftest import NewPage, SignedIn
from warehouse.factories import picked, released
from warehouse.models import Parcel, TakeCount, Wave
from warehouse.services.takes import begin_take

NOW = timezone.now()
COMPOSING = (Path(__file__).parent / "composing.js").read_text()
pytestmark = [pytest.mark.sqlite, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def user() -> User:
    return UserFactory.create(role="warehouse", full_name="张伟")


def scan(page: Page, text: str) -> None:
    page.keyboard.type(text)
    page.keyboard.press("Enter")


def sound(page: Page, wanted: str) -> None:
    """How it ended; heard once, so that the next one is heard anew."""
    expect(page.locator("#main")).to_have_attribute("data-sound", wanted)
    page.locator("#main").evaluate("each => { delete each.dataset.sound; }")


def a_stop(user: User) -> Parcel:
    order = released([(SkuFactory.create(), 1)])
    *_, parcel = picked(user, NOW)
    order.refresh_from_db()
    ask_stop(order, "买家要改地址", by=Actor.person(user), now=NOW)
    return parcel


def test_goods_receipt(page: Page, signed_in: SignedIn, user: User) -> None:
    """Right and wrong differ; a scan counts wherever the focus is, with an input method on."""
    sku = SkuFactory.create(code="nh-Zhong-L", on_hand=0)
    signed_in(page, user).goto("/stock/receive")
    expect(page.locator("[data-scan]")).to_be_focused()
    page.evaluate(COMPOSING, "nh-Zhong-L")
    sound(page, "right")
    expect(page.locator(".messages")).to_contain_text("在库 1 件")
    page.locator("#main").get_by_role("link", name="商品和库存").focus()
    scan(page, "6900000000001")
    sound(page, "wrong")
    expect(page.locator(".messages")).to_contain_text("没有这个条码")
    page.get_by_label("件数").fill("5")
    page.keyboard.press("Enter")
    expect(page.locator("[data-scan]")).to_be_focused()
    scan(page, sku.barcode)
    sound(page, "right")
    assert StockLevel.objects.get(sku=sku).on_hand == 6


def test_without_a_connection_it_is_received_once(
    page: Page, signed_in: SignedIn, user: User
) -> None:
    sku = SkuFactory.create(on_hand=0)
    signed_in(page, user).goto("/stock/receive")
    page.clock.install()
    lost: list[str] = []

    def lose_the_answer(route: Any) -> None:
        if route.request.method == "POST" and not lost:
            lost.append("once")
            route.fetch()
            route.abort()
        else:
            route.continue_()

    page.route("**/stock/receive", lose_the_answer)
    scan(page, sku.barcode)
    expect(page.locator("#lost")).to_be_visible()
    scan(page, sku.barcode)
    page.clock.run_for(2500)
    expect(page.locator("#line")).to_have_text("已连接")
    sound(page, "right")
    assert Movement.objects.filter(sku=sku, why="received").count() == 1


def test_stock_take(page: Page, signed_in: SignedIn, user: User) -> None:
    """What is typed ahead counts in its turn, and is dropped at the first refusal."""
    sku = SkuFactory.create(shelf="A-01-01", on_hand=4)
    take = begin_take("A-01", [], by=Actor.person(user), now=NOW)
    signed_in(page, user).goto(f"/stock-takes/{take.pk}/count")
    held: list[Any] = []
    page.route("**/count", lambda route: held.append(route) if not held else route.continue_())
    scan(page, sku.barcode)
    scan(page, sku.barcode)
    scan(page, "WRONG-ONE")
    scan(page, sku.barcode)
    held[0].continue_()
    sound(page, "wrong")
    page.unroute("**/count")
    expect(page.locator(".messages")).to_contain_text("不在这次盘点里")
    assert TakeCount.objects.get().quantity == 2


def test_intercept_board(new_page: NewPage, signed_in: SignedIn, user: User) -> None:
    """A parcel that is to be stopped sounds like a stop; CMD:OK answers it, the next is free."""
    parcel = a_stop(user)
    page = signed_in(new_page(viewport={"width": 390, "height": 844}), user)
    page.goto("/warehouse/intercepts")
    expect(page.locator("[data-scan]")).to_be_focused()
    scan(page, "P000000")
    sound(page, "wrong")
    scan(page, parcel.number)
    sound(page, "stop")
    expect(page.get_by_role("heading", name="买家要改地址")).to_be_visible()
    expect(page.locator("[data-scan]")).to_be_focused()
    scan(page, parcel.number)
    sound(page, "wrong")
    expect(page.locator(".messages")).to_contain_text("不是货位")
    scan(page, "CMD:OK")
    sound(page, "right")
    assert page.url.endswith("/warehouse/intercepts")
    parcel.refresh_from_db()
    assert parcel.state == "stopped"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_badge_changes_the_person_here_too(page: Page, signed_in: SignedIn, user: User) -> None:
    give_badge(UserFactory.create(role="warehouse", full_name="刘洋"), "0042", "1357")
    signed_in(page, user).goto("/stock/receive")
    scan(page, "U:0042")
    page.keyboard.type("99")
    expect(page.locator("[data-scan]")).to_have_value("••")
    scan(page, "99")
    sound(page, "wrong")
    scan(page, "U:0042")
    scan(page, "1357")
    expect(page.locator("header.bar")).to_contain_text("刘洋")
    assert page.url.endswith("/stock/receive")


def test_keys_of_the_page_still_work(page: Page, signed_in: SignedIn, user: User) -> None:
    """`/` is the search box; with the focus on a row, J goes to the next one."""
    a_stop(user)
    signed_in(page, user).goto("/warehouse/intercepts")
    page.keyboard.press("/")
    expect(page.locator("#q")).to_be_focused()
    page.locator("#board a").first.focus()
    page.keyboard.press("j")
    expect(page.locator("#board tr.on")).to_have_count(1)
    expect(page.locator("[data-scan]")).to_have_value("")


def test_a_wave_is_made_and_taken_by_the_enter_key(
    page: Page, signed_in: SignedIn, user: User
) -> None:
    """The next thing to do has the focus: look, make, take; then the list waits for scans."""
    sku = SkuFactory.create()
    released([(sku, 1)])
    give_badge(UserFactory.create(role="warehouse", full_name="刘洋"), "0042", "1357")
    signed_in(page, user).goto("/warehouse/waves")
    for button in ("看看有哪些", "建波次"):
        expect(page.get_by_role("button", name=button)).to_be_focused()
        page.keyboard.press("Enter")
    take = page.get_by_role("button", name="领取，开始配货")
    expect(page.locator("#scan")).to_be_focused()
    page.wait_for_load_state("load")
    scan(page, "CMD:OK")
    expect(page.locator("#bench .result")).to_contain_text("还没有领取")
    scan(page, Wave.objects.get().number)
    expect(page.get_by_role("region", name="配货单")).to_be_visible()
    expect(take).to_have_count(0)
    scan(page, "U:0042")
    expect(page.locator("#bench")).to_have_attribute("data-expect", "pin")
    scan(page, "1357")
    expect(page.get_by_role("navigation", name="波次", exact=True)).to_contain_text("刘洋")
    page.wait_for_load_state("load")
    scan(page, sku.barcode)
    expect(page.locator("#scan")).to_have_attribute("placeholder", "配完了，拿到校验台")
