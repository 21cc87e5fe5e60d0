"""Forged, stuffed and crawled requests (failure modes 24, 25, 27)."""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from django.apps import apps
from django.core import serializers
from django.test import Client

from orders.models import Order
from staff.factories import UserFactory
from tests.security.addresses import CALLBACKS, World, every

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
ADDRESSES = [address for address in every() if address.name not in {"healthz", *CALLBACKS}]
# What looking at a page may write: counts, presence, the session, the last orders opened.
MAY_CHANGE = {
    "core.Tally",
    "staff.Presence",
    "sessions.Session",
    "axes.AccessAttempt",
    "axes.AccessLog",
}


@pytest.fixture
def owner(db: None) -> Any:
    return UserFactory.create(role="owner")


def everything() -> dict[str, str]:
    """The whole database as text, table by table."""
    return {
        model._meta.label: serializers.serialize("json", model._default_manager.order_by("pk"))
        for model in apps.get_models()
        if model._meta.label not in MAY_CHANGE
    }


def test_every_post_needs_its_token(owner: Any) -> None:
    world = World.make()
    client = Client(enforce_csrf_checks=True)
    client.force_login(owner)
    before = everything()
    for address in ADDRESSES:
        answer = client.post(world.url(address), {"text": "x", "q": "1"})
        assert answer.status_code == 403, address.name
        assert "页面过期" in answer.content.decode(), address.name
    assert everything() == before


def test_no_get_changes_anything(owner: Any) -> None:
    world = World.make(by=owner)
    client = Client()
    client.force_login(owner)
    before = everything()
    for address in ADDRESSES:
        for extra in ("", "?page=zzz&as=nothing&done=1&next=//evil.test"):
            client.get(world.url(address) + extra)
            client.get(world.url(address) + extra, HTTP_HX_REQUEST="true")
    assert everything() == before


STUFFED = {
    "state": "completed",
    "paid": "0",
    "due": "0",
    "shop": "999",
    "shop_id": "999",
    "order_no": "G0000000001",
    "version": "99",
    "released_at": "2020-01-01",
    "is_top_up": "on",
    "role": "owner",
    "is_superuser": "on",
    "by": "1",
}
KEPT = ("state", "paid", "shop_id", "order_no", "is_top_up", "released_at")


def test_fields_that_a_form_does_not_have_are_nothing(owner: Any) -> None:
    world = World.make()
    client = Client()
    client.force_login(UserFactory.create(role="agent"))
    before = Order.objects.values(*KEPT).get(pk=world.order.pk)
    for path in ("note", "follow-up", "modify-delivery", "account"):
        url = f"{world.order.get_absolute_url()}/{path}"
        form = hidden(client.get(url).content.decode())
        own = {"text": "记一笔", "delivery": "express", "channel": "qq", "kind": "qq"}
        answer = client.post(url, form | own | {"account": "12345678"} | STUFFED)
        assert answer.status_code == 302, (path, answer.content.decode()[:2000])
    assert Order.objects.values(*KEPT).get(pk=world.order.pk) == before


class _Hidden(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        if tag == "input" and told.get("type") == "hidden" and told.get("name"):
            self.found[str(told["name"])] = str(told.get("value") or "")


def hidden(page: str) -> dict[str, str]:
    parser = _Hidden()
    parser.feed(page.split("<main", 1)[-1])
    return parser.found


def _nexts() -> Iterator[str]:
    yield from ("//evil.test", "https://evil.test/", "javascript:alert(1)", "/\\evil.test")


@pytest.mark.parametrize("target", list(_nexts()))
def test_no_form_sends_anybody_to_another_host(target: str, owner: Any) -> None:
    client = Client()
    client.force_login(owner)
    for path in ("/me/shortcuts", f"{World.make().order.get_absolute_url()}/reveal"):
        answer = client.post(path, {"next": target, "reason": "核对身份"})
        assert answer.status_code == 302
        assert answer["Location"].startswith("/"), path
        assert not answer["Location"].startswith(("//", "/\\")), path


def test_a_forged_host_is_refused(settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["gendan.test"]
    assert Client().get("/sign-in", HTTP_HOST="evil.test").status_code == 400
    assert Client().get("/sign-in", HTTP_HOST="gendan.test").status_code == 200
