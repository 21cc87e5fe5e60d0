"""Nobody is kept out of what opens on a page: axe looks at dialogs, refusals, errors (screens 6–8).

Every page itself: test_every_page.py.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from orders.factories import OrderFactory
from staff.models import User
from tests.acts.pages import show_personal
from tests.browser.axe import findings
from tests.browser.places import go
from tests.conftest import NewPage, SignedIn

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.sqlite]


def test_axe_finds_nothing_serious_in_a_dialog_a_refusal_and_an_error(
    page: Page, signed_in: SignedIn, agent: User
) -> None:
    order = OrderFactory.create()
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
    page.goto(f"{OrderFactory.create(state='shipped').get_absolute_url()}/modify-delivery")
    found += findings(page)
    assert not found, "\n".join(found)


def test_a_conflict_is_readable_for_everybody(
    new_page: NewPage, signed_in: SignedIn, agent: User
) -> None:
    order = OrderFactory.create()
    show_personal(agent, order)
    pages = [signed_in(new_page(), agent) for _ in range(2)]
    for number, page in enumerate(pages):
        go(page, f"{order.get_absolute_url()}/modify-receiving")
        page.fill("#id_street", f"莲花路{number}号")
    for page in pages:
        page.locator(".foot .main").click()
    expect(pages[1].locator(".no[role=alert]")).to_be_visible()
    assert not findings(pages[1])
