"""A shop with its token and goods, and a client that speaks JSON to the API."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from core.acts import Actor
from orders.factories import ShopFactory
from orders.models import Shop
from orders.words import Channel
from staff.factories import UserFactory
from staff.models import ApiToken
from staff.roles import Scope
from staff.services.tokens import make_token
from stock.factories import SkuFactory
from stock.models import Sku

ORDERS = "/api/v1/orders"
ALL = tuple(Scope)


@dataclass
class Api:
    """`api.post(address, body)`, `api.get(address)`: real requests with the token."""

    text: str
    token: ApiToken

    def post(self, address: str, body: Any, key: str = "", **headers: str) -> Any:
        data = body if isinstance(body, bytes | str) else json.dumps(body)
        known = {"Idempotency-Key": key or str(uuid.uuid4())}
        return self._send("post", address, data=data, headers=known | headers)

    def get(self, address: str, **headers: str) -> Any:
        return self._send("get", address, headers=headers)

    def _send(self, method: str, address: str, headers: dict[str, str], **more: Any) -> Any:
        known = {"Authorization": f"Bearer {self.text}"} | headers
        if method == "post":
            more["content_type"] = headers.pop("Content-Type", "application/json")
        return getattr(Client(), method)(address, headers=known, **more)


def token_for(shop: Shop, *scopes: Scope, name: str = "商城") -> Api:
    owner = Actor.person(UserFactory.create(role="owner"))
    now = timezone.now()
    token, text = make_token(
        name, shop.code, scopes or ALL, now + timedelta(days=90), by=owner, now=now
    )
    return Api(text, token)


@pytest.fixture(autouse=True)
def nobody_was_counted() -> None:
    cache.clear()


@pytest.fixture
def shop(db: None) -> Shop:
    return ShopFactory.create(code="own", name="自有商城", channel=Channel.OWN.value)


@pytest.fixture
def shirt(db: None) -> Sku:
    return SkuFactory.create(style_no="A2031", colour="藏青", size="L", price="159.00")


@pytest.fixture
def api(shop: Shop) -> Api:
    return token_for(shop)


@pytest.fixture
def order(shirt: Sku) -> dict[str, Any]:
    """An order as the shop's own system sends it."""
    return {
        "platform_no": "WEB-1001",
        "lines": [{"sku": shirt.code, "quantity": 2}],
        "receiving": {
            "consignee": "陈建生",
            "mobile": "13800138000",
            "province": "广东省",
            "city": "深圳市",
            "district": "福田区",
            "street": "农园路66号",
        },
        "freight": "10.00",
        "discount": "18.00",
    }


def faults(answer: Any) -> dict[str, str]:
    """Pointer → code of a problem."""
    assert answer["Content-Type"] == "application/problem+json"
    return {each["pointer"]: each["code"] for each in json.loads(answer.content)["errors"]}
