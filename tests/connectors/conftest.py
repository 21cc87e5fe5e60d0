"""Fixtures for the connectors."""

from __future__ import annotations

from typing import Any

import pytest

from connectors.sandbox import kdniao, kuaidi100
from connectors.sandbox.server import Sandbox
from tests.connectors.money import FAR, Till


@pytest.fixture
def house(settings: Any) -> None:
    """Accounts at all outside systems; callbacks go to an address far away."""
    settings.SHOP_ACCOUNTS = "tests.connectors.money.typed"
    settings.CALLBACK_URL = FAR
    settings.TRACKER_ACCOUNTS = {
        "kuaidi100": dict(kuaidi100.CREDENTIALS),
        "kdniao": dict(kdniao.CREDENTIALS),
    }


@pytest.fixture(params=["alipay", "wechatpay"])
def till(request: pytest.FixtureRequest, house: None, sandbox: Sandbox) -> Till:
    """Each gateway in turn."""
    return Till.open(request.param, sandbox)
