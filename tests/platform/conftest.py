"""A Taobao shop that is connected, with one order that the platform knows."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from connectors.sandbox import taobao as imitated
from connectors.sandbox.server import Sandbox
from connectors.sandbox.taobao import CREDENTIALS
from core.acts import TIMER
from orders.factories import OrderFactory, ShopFactory
from orders.models import Order, Shop
from orders.services.account import save_account
from tests.connectors.trades import NUMBER, trade


def put(sandbox: Sandbox, *rows: dict[str, Any]) -> None:
    """The platform knows these trades."""
    imitated.trades(sandbox.state).update({str(row["tid"]): row for row in rows})


def done(sandbox: Sandbox) -> list[tuple[str, dict[str, Any]]]:
    """What really happened on the platform."""
    return [(effect.what, effect.data) for effect in sandbox.state.effects("taobao")]


@pytest.fixture
def shop(sandbox: Sandbox) -> Shop:
    made: Shop = ShopFactory.create()
    save_account(made, "taobao", CREDENTIALS, by=TIMER, now=timezone.now())
    return made


@pytest.fixture
def order(sandbox: Sandbox, shop: Shop) -> Order:
    put(sandbox, trade())
    made: Order = OrderFactory.create(shop=shop, platform_no=str(NUMBER))
    return made
