"""The demo's outside world: where the sandbox stands, and which shops use it."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from config import demo
from config.start import greeting, outside_of
from connectors import sms
from connectors.sandbox.registry import ROUTES, credentials
from connectors.systems import SYSTEMS
from orders.accounts import ACCOUNTS
from orders.factories import ShopFactory
from orders.models import ShopAccount
from orders.selectors.account import credentials_of


def test_the_sandbox_takes_the_next_free_port() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = other.getsockname()[1]
        assert demo.sandbox_port(taken - 1) != taken


def test_at_the_last_port_there_is_no_next() -> None:
    with pytest.raises(OSError, match="no free port"):
        demo.sandbox_port(65535)


def test_every_process_is_told_where_the_systems_stand(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SMS_URL", "https://sms.test")
    told = demo.environment(8000, 8001)
    assert told["SMS_URL"] == "https://sms.test"  # set by hand, it stays
    assert told["WECOM_URL"] == "http://127.0.0.1:8001/wecom"
    assert told["CALLBACK_URL"] == "http://127.0.0.1:8000"
    assert {SYSTEMS[name].variable for name in ROUTES} <= set(told)


@pytest.mark.django_db
def test_the_greeting_names_the_sandbox_in_the_demo_only(settings: object) -> None:
    outside = outside_of(8000)
    assert f"http://127.0.0.1:{outside['SANDBOX_PORT']}/" in greeting(8000, outside)
    settings.DEMO = False  # type: ignore[attr-defined]
    assert outside_of(8000) == {}
    assert "sandbox" not in greeting(8000, {})


@pytest.mark.django_db
def test_shops_of_the_demo_use_the_imitated_systems(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SANDBOX_KEYS", str(tmp_path))
    shop = ShopFactory.create(channel="jd")
    demo.connect_shops()
    assert credentials_of(shop, "sms", sms.Account).sign_name == "跟单台演练"
    systems = set(ShopAccount.objects.filter(shop=shop).values_list("system", flat=True))
    assert systems == set(credentials()) - {"taobao"}


def test_what_the_sandbox_gives_out_fits_the_form() -> None:
    for system, values in credentials().items():
        required = {field.name for field in ACCOUNTS[system].fields if field.required}
        assert required <= set(values) <= {field.name for field in ACCOUNTS[system].fields}
