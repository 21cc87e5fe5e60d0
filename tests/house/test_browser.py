"""The browser fixtures: pages over the live server, which listen for complaints."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.conftest import NewPage


def test_the_sign_in_page_opens_without_a_complaint(page: Page) -> None:
    answer = page.goto("/")
    assert answer is not None
    assert answer.status == 200
    expect(page).to_have_title("登录 · 跟单台")


def test_two_people_have_browsers_of_their_own(new_page: NewPage) -> None:
    first, second = new_page(), new_page()
    first.goto("/sign-in")
    second.goto("/sign-in")
    assert first.context.cookies()[0]["value"] != second.context.cookies()[0]["value"]


def test_inline_code_is_barred_and_heard(page: Page, complaints: list[str]) -> None:
    page.goto("/sign-in")
    page.evaluate(
        """() => {
            const inline = document.createElement("script");
            inline.textContent = "window.broken_in = true";
            document.body.append(inline);
        }"""
    )
    assert page.evaluate("window.broken_in") is None
    assert any("Content Security Policy" in complaint for complaint in complaints)
    complaints.clear()


def test_another_host_is_never_asked(page: Page, complaints: list[str]) -> None:
    page.goto("/sign-in")
    with page.expect_event("requestfailed"):
        page.evaluate("location.assign('http://elsewhere.test/')")
    assert complaints == ["asked another host: http://elsewhere.test/"]
    complaints.clear()
