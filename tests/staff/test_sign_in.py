"""Sign-in, sessions, what needs a log-in (failure modes 25, 26, 27)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.conf import LazySettings, settings
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from orders.factories import OrderFactory
from staff.factories import UserFactory
from staff.models import User
from tests.conftest import SignedIn

pytestmark = pytest.mark.django_db
PASSWORD = "gendan-demo"


@pytest.fixture
def agent() -> User:
    user: User = UserFactory.create(username="wang", full_name="王芳")
    return user


def sign_in(client: Client, username: str = "wang", password: str = PASSWORD, **more: str) -> Any:
    data = {"username": username, "password": password} | more
    return client.post(reverse("sign-in"), data)


def is_out(client: Client) -> bool:
    answer = client.get("/")
    return answer.status_code == 302 and "/sign-in" in answer["Location"]


# What needs a log-in


@pytest.mark.parametrize(
    "path", ["/", "/live", "/orders", "/exports", "/shops", "/notices", "/people"]
)
def test_everything_needs_a_log_in(client: Client, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer["Location"]) == (302, f"/sign-in?next={path}")


def test_a_fragment_sends_the_whole_page_to_the_sign_in(client: Client) -> None:
    """Else the sign-in form would land inside a card."""
    answer = client.get("/live", headers={"HX-Request": "true"})
    assert answer["HX-Redirect"].startswith("/sign-in")


# Sessions


def test_signing_in_changes_the_sessions_key(client: Client, agent: User) -> None:
    client.get(reverse("sign-in"))
    client.session["fixed"] = "by somebody"
    client.session.save()
    before = client.cookies.get(settings.SESSION_COOKIE_NAME)
    sign_in(client)
    assert before is None or before.value != client.cookies[settings.SESSION_COOKIE_NAME].value


def test_a_session_ends_after_a_shift_whatever_is_done_with_it(client: Client, agent: User) -> None:
    """Opening orders writes into the session (the last 8); that must not extend it."""
    begin = timezone.now()
    sign_in(client)
    key = client.cookies[settings.SESSION_COOKIE_NAME].value
    for hours in (6, 11):
        order = OrderFactory.create()
        with time_machine.travel(begin + timedelta(hours=hours), tick=False):
            assert client.get(order.get_absolute_url()).status_code == 200
    end = Session.objects.get(pk=key).expire_date
    assert abs(end - begin - timedelta(hours=12)) < timedelta(minutes=1)
    with time_machine.travel(begin + timedelta(hours=12, minutes=1), tick=False):
        assert is_out(client)


def test_a_new_password_ends_the_other_sessions(agent: User) -> None:
    here, there = Client(), Client()
    sign_in(here)
    sign_in(there)
    new = {
        "old_password": PASSWORD,
        "new_password1": "Gendan-2026-x",
        "new_password2": "Gendan-2026-x",
    }
    assert here.post(reverse("password-change"), new).status_code == 302
    assert not is_out(here)
    assert is_out(there)


def test_a_bad_new_password_is_refused(client: Client, agent: User) -> None:
    sign_in(client)
    bad = {"old_password": "wrong", "new_password1": "123", "new_password2": "124"}
    assert client.post(reverse("password-change"), bad).status_code == 422
    agent.refresh_from_db()
    assert agent.check_password(PASSWORD)


def test_after_sign_out_nothing_is_shown(client: Client, agent: User) -> None:
    sign_in(client)
    page = client.get("/")
    assert "private" in page["Cache-Control"]
    assert "no-store" in page["Cache-Control"], "the back button shows nothing"
    assert client.get(reverse("sign-out")).status_code == 405, "no link signs anybody out"
    client.post(reverse("sign-out"))
    assert is_out(client)


def test_a_disabled_colleague_cannot_sign_in(client: Client, agent: User) -> None:
    User.objects.update(is_active=False)
    assert sign_in(client).status_code == 422
    assert is_out(client)


def test_a_cookie_that_was_made_up_is_nobody(client: Client, agent: User) -> None:
    client.cookies[settings.SESSION_COOKIE_NAME] = "x" * 32
    assert is_out(client)


# Guessing


@pytest.fixture
def guarded(settings: LazySettings) -> Iterator[None]:
    settings.AXES_ENABLED = True
    yield
    from axes.utils import reset

    reset()


@pytest.mark.usefixtures("guarded")
def test_guessing_a_password_locks_user_and_address(agent: User) -> None:
    UserFactory.create(username="li")
    guesser, colleague = Client(REMOTE_ADDR="10.0.0.8"), Client(REMOTE_ADDR="10.0.0.9")
    for _ in range(5):
        answer = sign_in(guesser, password="wrong")
    assert answer.status_code == 429
    assert "试得太多" in answer.content.decode()
    assert sign_in(guesser).status_code == 429, "the right one comes too late"
    assert sign_in(colleague).status_code == 302, "the person sits elsewhere and gets in"
    assert sign_in(Client(REMOTE_ADDR="10.0.0.8"), "li").status_code == 302


@pytest.mark.usefixtures("guarded")
def test_the_lock_opens_after_a_quarter_of_an_hour(client: Client, agent: User) -> None:
    for _ in range(5):
        sign_in(client, password="wrong")
    assert sign_in(client).status_code == 429
    with time_machine.travel(timezone.now() + timedelta(minutes=16), tick=False):
        assert sign_in(client).status_code == 302


# Open redirects, host header


@pytest.mark.parametrize(
    "evil", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_nothing_leads_to_another_site(client: Client, agent: User, evil: str) -> None:
    assert sign_in(client, next=evil)["Location"] == "/"
    assert client.post(reverse("shortcuts"), {"next": evil})["Location"] == "/"
    order = OrderFactory.create()
    shown = client.post(
        reverse("reveal", args=[order.order_no]), {"reason": "核对身份", "next": evil}
    )
    assert shown["Location"] == order.get_absolute_url()


def test_sign_in_leads_to_the_page_that_was_asked_for(client: Client, agent: User) -> None:
    assert sign_in(client, next="/orders?state=paid")["Location"] == "/orders?state=paid"


def test_a_host_that_is_not_ours_is_refused(client: Client, settings: LazySettings) -> None:
    settings.ALLOWED_HOSTS = ["gendan.example"]
    assert client.get("/sign-in", headers={"Host": "evil.example"}).status_code == 400


def test_a_form_without_its_token_is_refused_with_what_to_do(agent: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(agent)
    answer = client.post(reverse("shortcuts"))
    assert answer.status_code == 403
    assert "页面过期了" in answer.content.decode()


# In the browser


@pytest.mark.django_db(transaction=True)
def test_signing_in_and_out(page: Page, agent: User) -> None:
    page.goto("/orders?state=paid")
    page.get_by_label("用户名").fill("wang")
    page.get_by_label("密码").fill("wrong")
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("alert")).to_contain_text("用户名或密码不对")
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    expect(page).to_have_title("订单 · 跟单台")
    page.get_by_text("王芳 ▾").click()
    page.get_by_role("button", name="退出").click()
    expect(page.get_by_role("button", name="登录")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("button", name="登录")).to_be_visible()


@pytest.mark.django_db(transaction=True)
def test_a_page_left_open_goes_to_the_sign_in_when_the_session_ends(
    page: Page, signed_in: SignedIn, agent: User
) -> None:
    page.clock.install()
    with page.expect_response("**/live*"):
        signed_in(page, agent).goto("/")
    Session.objects.all().delete()
    page.clock.run_for(10_500)
    expect(page.get_by_role("button", name="登录")).to_be_visible()
