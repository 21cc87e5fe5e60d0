"""Nothing is shown without a sign-in (SOP 1.6.a)."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from staff.factories import UserFactory
from staff.models import User

pytestmark = pytest.mark.django_db
PASSWORD = "linen-shirt-navy-42"


@pytest.fixture
def agent() -> User:
    user: User = UserFactory.create(username="lilei", role="agent")
    user.set_password(PASSWORD)
    user.save()
    return user


def sign_in(client: Client, password: str) -> str:
    """Where the sign-in leads; '' when it does not."""
    answer = client.post(reverse("sign-in"), {"username": "lilei", "password": password})
    return str(answer.headers.get("Location", ""))


def test_a_stranger_is_sent_to_the_sign_in(client: Client) -> None:
    answer = client.get(reverse("search"))
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(reverse("sign-in"))


def test_the_right_password_leads_home(client: Client, agent: User) -> None:
    assert sign_in(client, PASSWORD) == reverse("home")
    assert client.get(reverse("home")).status_code == 200


def test_a_wrong_password_leads_nowhere(client: Client, agent: User) -> None:
    assert sign_in(client, "wrong") == ""
    assert client.get(reverse("home")).status_code == 302


def test_who_left_the_company_stays_outside(client: Client, agent: User) -> None:
    agent.is_active = False
    agent.save()
    assert sign_in(client, PASSWORD) == ""
