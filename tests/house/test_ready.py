"""`/readyz`: what a monitor asks; each check fails by itself, and nothing secret is told."""

from __future__ import annotations

import json
import shutil
from collections import namedtuple
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from config import ready
from config.sweeps import LAST_SUCCESS
from core import tally
from core.messages import send
from core.models import OutboxMessage

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def swept() -> None:
    """A sweep was done just now, as the worker counts it."""
    tally.mark(LAST_SUCCESS, sweep="core.tasks.work_jobs")
    tally.write()


def asked(client: Client) -> tuple[int, dict[str, Any]]:
    answer = client.get("/readyz")
    return answer.status_code, json.loads(answer.content)


def wrong(client: Client) -> dict[str, str]:
    status, told = asked(client)
    assert status == 503
    assert not told["ready"]
    return {name: check["says"] for name, check in told["checks"].items() if not check["ok"]}


def test_ready_without_signing_in_when_everything_is_there(client: Client) -> None:
    status, told = asked(client)
    assert (status, told["ready"]) == (200, True), told
    assert set(told["checks"]) == {"database", "cache", "broker", "beat", "messages", "disk"}


def test_a_beat_or_worker_that_stands_still_is_seen(client: Client) -> None:
    with time_machine.travel(timezone.now() + timedelta(minutes=5), tick=False):
        assert list(wrong(client)) == ["beat"]


def test_a_message_that_nobody_delivers_is_seen_and_one_for_later_is_not(client: Client) -> None:
    now = timezone.now()
    send("platform.dispatch", "a", {}, now=now, not_before=now + timedelta(hours=9))
    assert asked(client)[0] == 200
    OutboxMessage.objects.update(not_before=now - timedelta(minutes=20))
    assert list(wrong(client)) == ["messages"]


def test_a_disk_that_is_nearly_full_or_read_only_is_seen(
    client: Client, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage(10**9, 10**9, 3 * 2**20))
    assert wrong(client) == {"disk": "3 MB free"}
    settings.VAR_DIR = Path("/proc/sys")
    if not Path("/proc/sys/kernel").exists():
        pytest.skip("needs Linux's /proc, which is read-only")
    assert list(wrong(client)) == ["disk"]


def test_what_does_not_answer_is_named_by_its_kind_alone(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone() -> str:
        raise OperationalError("connection to server at db.secret.test, user gendan failed")

    monkeypatch.setitem(ready.CHECKS, "cache", gone)
    assert wrong(client) == {"cache": "OperationalError"}
    assert b"secret" not in client.get("/readyz").content
