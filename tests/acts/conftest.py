"""Pages of acts as a browser asks for them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from core.acts import Actor
from orders.models import Order
from staff.factories import UserFactory
from staff.models import Reveal, User

Post = Callable[..., Any]


@pytest.fixture
def agent(db: None) -> User:
    return UserFactory.create(role="agent", full_name="王芳")


@pytest.fixture
def by(agent: User) -> Actor:
    return Actor.person(agent)


@pytest.fixture
def signed_as() -> Callable[..., Client]:
    """`signed_as("finance")`: the browser of somebody in that role."""

    def sign_in(who: str | User) -> Client:
        user = who if isinstance(who, User) else UserFactory.create(role=who)
        client = Client()
        client.force_login(user)
        client.user = user  # type: ignore[attr-defined]
        return client

    return sign_in


@pytest.fixture
def client(agent: User) -> Client:
    client = Client()
    client.force_login(agent)
    return client


def show_personal(user: User, order: Order) -> None:
    """As if the person had asked to see the order's personal data."""
    now = timezone.now()
    Reveal.objects.create(
        user=user,
        subject_kind="order",
        subject_id=order.pk,
        reason="核对身份",
        at=now,
        until=now + timedelta(hours=12),
    )


def fields(html: str) -> dict[str, Any]:
    """What the act's form would send as it stands: hidden fields, inputs, chosen options."""
    form = html[html.index('id="act-form"') :]
    form = form[: form.index("</form>")]
    found: dict[str, Any] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        kind, name = _attribute(tag, "type"), _attribute(tag, "name")
        if name and (kind not in ("checkbox", "radio") or " checked" in tag):
            found[name] = _attribute(tag, "value")
    for head, body in re.findall(r"<select([^>]*)>(.*?)</select>", form, re.S):
        options = re.findall(r"<option([^>]*)>", body)
        chosen = [o for o in options if "selected" in o] or options[:1]
        found[_attribute(head, "name")] = _attribute(chosen[0], "value") if chosen else ""
    for head, body in re.findall(r"<textarea([^>]*)>(.*?)</textarea>", form, re.S):
        found[_attribute(head, "name")] = body.strip()
    return found


def _attribute(tag: str, name: str) -> str:
    found = re.search(rf'\b{name}="([^"]*)"', tag)
    return found[1] if found else ""
