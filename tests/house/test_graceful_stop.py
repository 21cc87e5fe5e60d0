"""SIGTERM loses no request and no task: what has begun is ended, what has not stays due."""

from __future__ import annotations

import http.client
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from config.health import serves
from config.paths import BASE_DIR
from tests.core.test_killed_worker import HINT, ask, manage
from tests.house.conftest import PATIENCE, wait_until

pytestmark = [pytest.mark.processes, pytest.mark.soak]

SEND = """
from django.db import transaction
from django.utils import timezone
from core.messages import send
with transaction.atomic():
    for key in "abc":
        send("test.slow", key, {}, now=timezone.now(), line="one after another")
"""


def begin(command: list[str], home: dict[str, str]) -> subprocess.Popen[bytes]:
    quiet = subprocess.DEVNULL
    return subprocess.Popen(command, cwd=BASE_DIR, env=home, stdout=quiet, stderr=quiet)


def stop(process: subprocess.Popen[bytes]) -> int:
    process.send_signal(signal.SIGTERM)
    return process.wait(PATIENCE)


@pytest.mark.sqlite
def test_a_request_that_runs_at_a_stop_is_answered(home: dict[str, str]) -> None:
    """Its body comes slowly: the stop finds the server reading it."""
    command = [*GUNICORN, "--bind", f"127.0.0.1:{home['PORT']}"]
    server = begin(command, home)
    try:
        wait_until(lambda: serves(int(home["PORT"])))
        slow = http.client.HTTPConnection("localhost", int(home["PORT"]), timeout=PATIENCE)
        slow.putrequest("POST", "/sign-in")
        slow.putheader("Content-Type", "application/x-www-form-urlencoded")
        slow.putheader("Content-Length", "20")
        slow.endheaders(b"username=")
        serves(int(home["PORT"]))  # a whole request later the slow one has surely begun
        server.send_signal(signal.SIGTERM)
        wait_until(lambda: not serves(int(home["PORT"])))
        slow.send(b"nobody12345")
        answer = slow.getresponse()
        assert (answer.status, "页面过期" in answer.read().decode()) == (403, True)
        assert server.wait(PATIENCE) == 0
    finally:
        server.kill()
        server.wait()


def test_a_message_in_hand_at_a_stop_is_ended_and_the_rest_stays_due(home: dict[str, str]) -> None:
    var = Path(home["GENDAN_VAR"])
    manage(home, "shell", "-c", SEND + HINT_OF_MESSAGES)
    first = begin(WORKER, home)
    try:
        wait_until(lambda: bool(effects(var)))
        assert stop(first) == 0
    finally:
        first.kill()
    told = effects(var)
    assert told == ["began", "ended"] * (len(told) // 2), "nobody was broken off"
    states = ask(home, "SELECT state, lease, tries FROM core_outboxmessage ORDER BY id")
    done = len(told) // 2
    assert [row[0] for row in states] == ["done"] * done + ["pending"] * (3 - done)
    assert {row[1:] for row in states[done:]} <= {(None, 0)}, "free for the next, not tried"


def effects(var: Path) -> list[str]:
    log = var / "effects"
    return log.read_text().split() if log.exists() else []


HINT_OF_MESSAGES = HINT.replace("core.work", "core.messages")
GUNICORN = [sys.executable, "-m", "gunicorn", "-c", "python:config.gunicorn"]
GUNICORN += ["config.wsgi:application", "--threads", "4", "--graceful-timeout", "15"]
WORKER = [sys.executable, "-m", "celery", "-A", "tests.house.slow_worker", "worker"]
WORKER += ["-P", "threads", "-c", "1", "--without-gossip", "--without-mingle"]
