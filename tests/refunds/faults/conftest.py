"""A house of real processes over the test's database, and gateways that it can reach."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.db import connection

from config.settings.test import TEST_DB
from connectors.sandbox.server import Sandbox
from connectors.systems import SYSTEMS
from core import messages, work
from tests.house.conftest import free_port
from tests.refunds.faults.house import Broker, House, has_redis

Open = Callable[..., House]


@pytest.fixture
def open_house(
    tmp_path: Path, transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Open]:
    """`open_house(hangs=60.0, patience=0.5)`: seconds of a fault, and for which a worker waits."""
    for module in (messages, work):  # this process sends no hints: the workers look by themselves
        monkeypatch.setattr(module, "hint", lambda: None)
    opened: list[House] = []

    def begin(hangs: float = 5.0, patience: float = 0.5) -> House:
        outside = Sandbox(seconds=hangs).__enter__()
        var = tmp_path / "var"
        var.mkdir()
        broker = Broker(var, own=_own_redis())
        opened.append(House(_env(var, broker, outside, patience), broker, outside))
        return opened[-1]

    yield begin
    for house in opened:
        house.end()
        house.outside.__exit__()


def _own_redis() -> bool:
    if TEST_DB == "postgres" and not has_redis():
        pytest.skip("needs redis-server on the PATH, to kill it")
    return bool(TEST_DB == "postgres")


def _env(var: Path, broker: Broker, outside: Sandbox, patience: float) -> dict[str, str]:
    return (
        dict(os.environ)
        | {SYSTEMS[name].variable: url for name, url in outside.urls().items()}
        | {
            "DJANGO_SETTINGS_MODULE": "tests.refunds.faults.settings",
            "FAULTS_DATABASE": str(connection.settings_dict["NAME"]),
            "FAULTS_QUEUE": f"faults-{uuid.uuid4().hex}",
            "GENDAN_VAR": str(var),
            "GENDAN_DEMO": "",
            "REDIS_URL": broker.url,
            "PORT": str(free_port()),
            "CONNECTOR_READ_SECONDS": str(patience),
        }
    )
