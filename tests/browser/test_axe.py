"""Nobody is kept out: axe finds nothing serious on any page, in both themes (screens 6–8, 37)."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from staff.models import User
from tests.acts.pages import show_personal
from tests.browser.places import demo_world, go, one, pages_of
from tests.conftest import NewPage, SignedIn
from tests.security.addresses import World

PARTS = 2  # a walk over all pages is long: two processes share it
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.sqlite]

ONLY_WRONG = {"resultTypes": ["violations"]}  # what passes is long, and nobody reads it
ALL: dict[str, Any] = {**ONLY_WRONG, "rules": {"target-size": {"enabled": True}}}
COLOURS: dict[str, Any] = {**ONLY_WRONG, "runOnly": ["color-contrast"]}


@pytest.fixture
def world() -> World:
    return demo_world()


def findings(page: Page) -> list[str]:
    """What axe calls serious or critical, in light and, for the colours, in dark."""
    page.evaluate(Axe().axe_script)
    return _run(page, "light", ALL) + _run(page, "dark", COLOURS)


def _run(page: Page, scheme: Any, options: dict[str, Any]) -> list[str]:
    page.emulate_media(color_scheme=scheme)
    wrong = page.evaluate("async options => (await axe.run(options)).violations", options)
    return [
        f"{page.url} {scheme}: {each['id']} {node['html'][:120]}"
        for each in wrong
        if each["impact"] in ("serious", "critical")
        for node in each["nodes"]
    ]


def test_axe_finds_nothing_serious_before_signing_in(page: Page) -> None:
    page.goto("/sign-in")
    assert not findings(page)


@pytest.mark.parametrize("part", range(PARTS))
def test_axe_finds_nothing_serious_on_any_page(
    page: Page, signed_in: SignedIn, world: World, part: int
) -> None:
    owner = User.objects.get(username="owner")
    signed_in(page, owner)
    found: list[str] = []
    for address in pages_of(world, owner)[part::PARTS]:
        go(page, address)
        found += findings(page)
    assert not found, "\n".join(found)


def test_axe_finds_nothing_serious_where_an_agent_sees_other_things(
    page: Page, signed_in: SignedIn, world: World
) -> None:
    signed_in(page, User.objects.get(username="agent"))
    found: list[str] = []
    for address in (
        "/",
        "/orders",
        *(one(state).get_absolute_url() for state in ("paid", "shipped")),
    ):
        go(page, address)
        found += findings(page)
    assert not found, "\n".join(found)


def test_axe_finds_nothing_serious_in_a_dialog_a_refusal_and_an_error(
    page: Page, signed_in: SignedIn, world: World
) -> None:
    agent, order = User.objects.get(username="agent"), one("paid")
    show_personal(agent, order)
    go(signed_in(page, agent), order.get_absolute_url())
    found: list[str] = []
    for key in ("a", "p", "n", "?"):
        page.keyboard.press(key)
        expect(page.locator("dialog[open]")).to_be_visible()
        found += findings(page)
        page.keyboard.press("Escape")
        expect(page.locator("dialog[open]")).to_have_count(0)
        expect(page.locator("#dialog-body")).to_be_empty()  # its closing has been dealt with
    page.keyboard.press("a")
    page.fill("#id_mobile", "123")
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.locator("dialog #id_mobile_error")).to_be_visible()
    found += findings(page)
    page.goto("/orders/G0000000000")
    found += findings(page)
    page.goto(f"{one('shipped').get_absolute_url()}/modify-delivery")
    found += findings(page)
    assert not found, "\n".join(found)


def test_a_conflict_is_readable_for_everybody(
    new_page: NewPage, signed_in: SignedIn, world: World
) -> None:
    agent, order = User.objects.get(username="agent"), one("paid")
    show_personal(agent, order)
    pages = [signed_in(new_page(), agent) for _ in range(2)]
    for number, page in enumerate(pages):
        go(page, f"{order.get_absolute_url()}/modify-receiving")
        page.fill("#id_street", f"莲花路{number}号")
    for page in pages:
        page.locator(".foot .main").click()
    expect(pages[1].locator(".no[role=alert]")).to_be_visible()
    assert not findings(pages[1])
