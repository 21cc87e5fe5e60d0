"""The search box as a person uses it (SOP 1.1.b; screens 1–4, 14, 15)."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from orders.factories import OrderFactory
from staff.factories import UserFactory
from staff.models import User
from tests.conftest import NewPage, SignedIn

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def agent() -> User:
    return UserFactory.create()


@pytest.fixture
def two(agent: User) -> list[str]:
    """Two orders of one name, newest first, and one of another."""
    OrderFactory.create(order_no="G2611230009", consignee="王小明")
    OrderFactory.create(order_no="G2611230001", consignee="陈建生", state="shipped")
    OrderFactory.create(order_no="G2611230002", consignee="陈建生", state="paid")
    return ["G2611230002", "G2611230001"]


def on_row(page: Page) -> str:
    return page.locator("[data-rows] tr.on a.num").inner_text()


def test_slash_number_enter_opens_the_order(
    page: Page, signed_in: SignedIn, agent: User, two: list[str]
) -> None:
    signed_in(page, agent).goto("/orders")
    page.keyboard.press("/")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.type("G2611230001")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/orders/G2611230001$"))


def test_name_with_two_hits_shows_a_list_to_walk_through(
    page: Page, signed_in: SignedIn, agent: User, two: list[str]
) -> None:
    signed_in(page, agent).goto("/orders")
    page.keyboard.press("/")
    page.keyboard.type("陈建生")
    page.keyboard.press("Enter")
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_have_text("按收货人查到 2 单")
    assert "陈建生" not in page.content()
    heading.click()
    page.keyboard.press("j")
    assert on_row(page) == two[0]
    page.keyboard.press("j")
    assert on_row(page) == two[1]
    page.keyboard.press("k")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"/orders/{two[1]}$"))


def test_back_keeps_search_filter_and_page(
    page: Page, signed_in: SignedIn, agent: User, two: list[str]
) -> None:
    signed_in(page, agent).goto("/orders")
    page.fill("#q", "陈建生")
    page.keyboard.press("Enter")
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_have_text("按收货人查到 2 单")
    page.get_by_label("状态", exact=True).select_option("shipped")
    expect(heading).to_have_text("按收货人查到 1 单：已发货")
    page.locator("a.num").click()
    expect(page).to_have_url(re.compile("/orders/G2611230001$"))
    page.go_back()
    expect(heading).to_have_text("按收货人查到 1 单：已发货")
    expect(page.get_by_label("状态", exact=True)).to_have_value("shipped")
    page.reload()
    expect(heading).to_have_text("按收货人查到 1 单：已发货")


def test_back_keeps_the_place_in_a_long_list(page: Page, signed_in: SignedIn, agent: User) -> None:
    for number in range(25):
        OrderFactory.create(order_no=f"G26112300{number:02}")
    signed_in(page, agent).goto("/orders")
    page.get_by_role("link", name="更早").click()
    expect(page.locator("[data-rows] tbody tr")).to_have_count(5)
    page.get_by_role("link", name="更新").click()
    expect(page.locator("[data-rows] tbody tr")).to_have_count(20)
    last = page.locator("a.num").last
    last.scroll_into_view_if_needed()
    place = page.evaluate("scrollY")
    assert place > 0
    last.click()
    expect(page).to_have_url(re.compile("/orders/G"))
    page.go_back()
    expect(page.locator("[data-rows] tbody tr")).to_have_count(20)
    page.wait_for_function("place => Math.abs(scrollY - place) < 5", arg=place)


def test_enter_that_ends_a_composition_sends_nothing(
    page: Page, signed_in: SignedIn, agent: User, two: list[str]
) -> None:
    """With an input method, Enter takes the letters as they are; only the next one searches."""
    signed_in(page, agent).goto("/orders?state=paid")
    page.focus("#q")
    cdp = page.context.new_cdp_session(page)
    cdp.send("Input.imeSetComposition", {"text": "chen", "selectionStart": 4, "selectionEnd": 4})
    composing = {"key": "Process", "code": "Enter", "windowsVirtualKeyCode": 229}
    cdp.send("Input.dispatchKeyEvent", {"type": "rawKeyDown", **composing})
    cdp.send("Input.dispatchKeyEvent", {"type": "keyUp", **composing})
    cdp.send("Input.insertText", {"text": "陈建生"})
    expect(page.locator("#q")).to_have_value("陈建生")
    expect(page).to_have_url(re.compile("state=paid$"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("按收货人查到 2 单")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 721, 960, 1440])
def test_results_never_scroll_sideways(
    new_page: NewPage, signed_in: SignedIn, agent: User, two: list[str], width: int, scheme: str
) -> None:
    OrderFactory.create(consignee="陈建生", waybill="YT8962646785389", buyer_account="w" * 40)
    page = new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    signed_in(page, agent).goto("/orders?state=paid")
    for address in ("/orders?state=paid", "/orders?hold=review"):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_empty_box_offers_the_last_orders(
    page: Page, signed_in: SignedIn, agent: User, two: list[str]
) -> None:
    signed_in(page, agent).goto("/orders/G2611230001")
    page.wait_for_load_state("networkidle")  # `/live` has said that the order is open
    page.keyboard.press("/")
    expect(page.locator("#recent a")).to_have_text([re.compile("G2611230001")])
