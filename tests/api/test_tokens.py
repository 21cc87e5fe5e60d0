"""Who may use the API: tokens with scopes, an expiry, and nothing else (failure modes 23, 25)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from django.urls import URLPattern
from django.utils import timezone

from core.acts import Actor
from core.models import Act
from core.verdict import Refused
from orders.api.urls import urlpatterns
from orders.factories import OrderFactory, ShopFactory
from orders.models import Order, Shop
from staff.factories import UserFactory
from staff.models import ApiToken
from staff.roles import Scope
from staff.services.tokens import revoke_token
from tests.api.conftest import ORDERS, Api, token_for

pytestmark = pytest.mark.django_db
OPERATIONS = [
    ("get", ORDERS, Scope.ORDERS_READ),
    ("post", ORDERS, Scope.ORDERS_WRITE),
    ("get", ORDERS + "/{}", Scope.ORDERS_READ),
    ("post", ORDERS + "/{}/payments", Scope.PAYMENTS_WRITE),
    ("post", ORDERS + "/{}/notes", Scope.NOTES_WRITE),
]


def ask(api: Api, method: str, address: str) -> Any:
    return api.get(address) if method == "get" else api.post(address, {})


def test_every_address_of_the_api_is_asked_here() -> None:
    named = {p.name for p in urlpatterns if isinstance(p, URLPattern)}
    public, unknown = {"api-docs", "api-openapi"}, {"api-nothing"}
    assert named == public | unknown | {"api-orders", "api-order", "api-payments", "api-notes"}


@pytest.mark.parametrize(("method", "address", "scope"), OPERATIONS)
def test_each_operation_needs_its_scope(
    shop: Shop, method: str, address: str, scope: Scope
) -> None:
    address = address.format(OrderFactory.create(shop=shop).order_no)
    before = list(Order.objects.values())
    for other in Scope:
        answer = ask(token_for(shop, other), method, address)
        if other is scope:
            assert answer.status_code in (200, 422)
        else:
            assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")
    assert list(Order.objects.values()) == before


@pytest.mark.parametrize(("method", "address", "scope"), OPERATIONS)
def test_without_a_token_it_is_401_also_for_an_owner_who_is_signed_in(
    shop: Shop, method: str, address: str, scope: Scope
) -> None:
    client = Client()
    client.force_login(UserFactory.create(role="owner"))
    answer = getattr(client, method)(address.format(OrderFactory.create(shop=shop).order_no))
    assert (answer.status_code, answer.json()["code"]) == (401, "token_missing")
    assert answer["WWW-Authenticate"].startswith("Bearer")


def test_what_is_paid_with_an_order_needs_the_scope_for_payments(
    shop: Shop, order: dict[str, Any]
) -> None:
    paid = {"gateway": "bank", "trade_no": "1", "amount": "310.00"}
    answer = token_for(shop, Scope.ORDERS_WRITE).post(ORDERS, order | {"payments": [paid]})
    assert answer.status_code == 403
    assert not Order.objects.exists()


@pytest.mark.parametrize("text", ["x", "gdn_00000000_no", "", "\udcff", "gdn_" + "a" * 9000])
def test_a_token_that_is_none_is_401(shop: Shop, text: str) -> None:
    token = token_for(shop).token
    for wrong in (text, token.prefix + "_" + text):
        answer = Client().get(ORDERS, headers={"Authorization": f"Bearer {wrong}"})
        assert answer.status_code == 401


def test_only_a_digest_is_kept(api: Api) -> None:
    assert api.text.startswith("gdn_")
    rows = repr([*ApiToken.objects.values(), *ApiToken.history.values(), *Act.objects.values()])
    assert api.text not in rows
    assert api.text[13:] not in rows


def test_a_token_that_is_revoked_or_over_is_worthless(api: Api, by: Actor) -> None:
    with time_machine.travel(timezone.now() + timedelta(days=91), tick=False):
        assert api.get(ORDERS).json()["code"] == "token_expired"
    revoke_token(api.token, "换人了", by=by, now=timezone.now())
    assert api.get(ORDERS).json()["code"] == "token_revoked"
    with pytest.raises(Refused):
        revoke_token(api.token, "再来", by=by, now=timezone.now())
    made, revoked = Act.objects.filter(subject_kind="apitoken", outcome="done").order_by("at")
    assert (made.verb, revoked.verb, revoked.reason) == ("make_token", "revoke_token", "换人了")


def test_when_it_was_used_last_is_kept_to_the_minute(api: Api) -> None:
    api.get(ORDERS)
    first = ApiToken.objects.get().last_used_at
    api.get(ORDERS)
    assert ApiToken.objects.get().last_used_at == first is not None


def test_a_shop_that_is_closed_takes_nothing(api: Api, by: Actor) -> None:
    ShopFactory.create(code="other", active=False)
    ApiToken.objects.update(shop_code="other")
    assert api.get(ORDERS).json()["code"] == "shop_inactive"


def test_who_asks_too_often_waits(shop: Shop, settings: Any) -> None:
    settings.API_REQUESTS_PER_MINUTE = 3
    busy, other = token_for(shop), token_for(shop)
    with time_machine.travel("2026-11-25T12:00:20Z", tick=False):
        assert [busy.get(ORDERS).status_code for _ in range(4)] == [200, 200, 200, 429]
        assert other.get(ORDERS).status_code == 200
        answer = busy.get(ORDERS)
    assert (answer["Retry-After"], answer["Content-Type"]) == ("41", "application/problem+json")
    with time_machine.travel("2026-11-25T12:01:01Z", tick=False):
        assert busy.get(ORDERS).status_code == 200


def test_a_cache_that_is_away_stops_nobody(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: Any) -> None:
        raise ConnectionError

    monkeypatch.setattr(type(cache._connections["default"]), "incr", away)  # type: ignore[attr-defined]
    assert api.get(ORDERS).status_code == 200
