"""A supervisor clears the demo's refunds by the keyboard alone (SOP 1.5; screens, supervisors)."""

from __future__ import annotations

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from orders.services.seed.demo.run import seed_demo
from refunds.models import Refund
from staff.models import User
from tests.conftest import SignedIn

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.sqlite]
WIDTHS = (390, 960)


def decide(page: Page) -> None:
    """The first row: agreed to where it can be, else refused with a reason."""
    first = page.locator("tbody tr").first
    can = first.locator('[data-row-key="a"]').count()
    page.keyboard.press("j")
    if can:
        with page.expect_navigation():
            page.keyboard.press("a")
        return
    page.keyboard.press("r")
    page.locator("dialog [name=why]").fill("货已发出，请走退货")
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_the_demos_queue_is_cleared_by_keyboard(page: Page, signed_in: SignedIn) -> None:
    seed_demo(timezone.now())
    waiting = Refund.objects.filter(state="review").count()
    assert waiting > 3
    signed_in(page, User.objects.get(username="supervisor")).goto("/refunds")
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        expect(page.locator("tbody tr").first.get_by_role("link").first).to_be_visible()
    for _ in range(3 * waiting):
        if not page.locator("tbody tr").count():
            break
        decide(page)
    expect(page.get_by_text("没有退款")).to_be_visible()
    assert not Refund.objects.filter(state="review").exists()
