"""Fixtures for all rooms: a browser over a live server, and people who are signed in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    sync_playwright,
)

from connectors.sandbox.server import Sandbox
from core.acts import Actor
from core.remembered import forget_all
from staff.factories import UserFactory
from staff.models import User
from tests import chromium


@pytest.fixture(scope="session", autouse=True)
def quick_flush() -> Iterator[None]:
    """Empty PostgreSQL's tables after a test with transactions by DELETE.

    TRUNCATE makes a new file for each table and index: half a second a test.
    """

    def delete(self: Any, style: Any, tables: list[str], **_: Any) -> list[str]:
        rows = [f"DELETE FROM {self.quote_name(table)}" for table in tables]  # noqa: S608
        return ["SET LOCAL session_replication_role = replica", *rows]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            "django.db.backends.postgresql.operations.DatabaseOperations.sql_flush", delete
        )
        yield


@pytest.fixture(autouse=True)
def nothing_remembered() -> None:
    """What another test wrote is rolled back; the memory of it must go, too."""
    forget_all()


@pytest.fixture(scope="session")
def one_sandbox() -> Iterator[Sandbox]:
    """One sandbox for each test process; a fault lasts no longer than a test may wait."""
    with Sandbox(seconds=0.2) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(one_sandbox: Sandbox, settings: Any, db: None) -> Sandbox:
    """The outside world over real HTTP: `sandbox.state.effects("sms")`, `.fault("sms", "slow")`."""
    one_sandbox.state.reset()
    settings.CONNECTOR_URLS = settings.CONNECTOR_URLS | one_sandbox.urls()
    return one_sandbox


NO_COMPLAINTS = ("Failed to load resource", "htmx:sendAbort", "htmx:afterRequest")
SignedIn = Callable[[Page, Any], Page]
NewPage = Callable[..., Page]


@pytest.fixture
def agent(db: None) -> User:
    """A customer-service agent."""
    return UserFactory.create(role="agent", full_name="王芳")


@pytest.fixture
def by(agent: User) -> Actor:
    """The agent as who does an act."""
    return Actor.person(agent)


@pytest.fixture
def agent_client(agent: User) -> Client:
    """The agent's requests."""
    client = Client()
    client.force_login(agent)
    return client


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for each test process."""
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(
            executable_path=chromium.find(), args=chromium.FLAGS, timeout=60_000
        )
        yield found
        found.close()


@pytest.fixture
def complaints() -> list[str]:
    """What the pages of a test complained about: scripts, the CSP, requests to other hosts."""
    return []


@pytest.fixture
def new_page(browser: Browser, live_server: Any, complaints: list[str]) -> Iterator[NewPage]:
    """Open a page in a browser of its own: `new_page()`, `new_page(viewport=…, color_scheme=…)`.

    The first-class size, 960×900, is the default. A complaint fails the test at its end.
    """
    contexts: list[BrowserContext] = []

    def open_page(**options: Any) -> Page:
        options.setdefault("viewport", {"width": 960, "height": 900})
        context = browser.new_context(
            base_url=live_server.url, locale="zh-CN", timezone_id="Asia/Shanghai", **options
        )
        context.set_default_timeout(10_000)
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda request: _only_our_host(request, live_server.url, complaints))
        page.on("pageerror", lambda error: complaints.append(f"script: {error}"))
        page.on("console", lambda message: _listen(message, complaints))
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not complaints, "\n".join(complaints)


def _only_our_host(request: Request, ours: str, complaints: list[str]) -> None:
    """Listened to, not routed: a page that is routed has no cache."""
    url = urlsplit(request.url)
    if url.netloc != urlsplit(ours).netloc and url.scheme not in ("data", "blob"):
        complaints.append(f"asked another host: {request.url}")


def _listen(message: ConsoleMessage, complaints: list[str]) -> None:
    # That an answer was 403, 409 or 422 is news for the console, and what the test is about.
    # So is that a preview under way was given up because the form was sent.
    if message.type == "error" and not message.text.startswith(NO_COMPLAINTS):
        complaints.append(f"console: {message.text}")


@pytest.fixture
def page(new_page: NewPage) -> Page:
    """A page over the live server; its addresses are given without the host."""
    return new_page()


@pytest.fixture
def signed_in(live_server: Any) -> SignedIn:
    """`signed_in(page, user)`: the page with the session of that person."""

    def sign_in(page: Page, user: Any) -> Page:
        client = Client()
        client.force_login(user)
        cookie = client.cookies[settings.SESSION_COOKIE_NAME]
        page.context.add_cookies(
            [{"name": cookie.key, "value": cookie.value, "url": live_server.url}]
        )
        return page

    return sign_in


def count_nothing(patch: pytest.MonkeyPatch) -> None:
    """The bar's counts take longer than most pages; a walk through all of them needs none."""
    patch.setattr("desk.views.home.counted", lambda user: ([], 0))
