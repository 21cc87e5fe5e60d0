"""Real workers and messages: killed at any moment, and with the broker's memory gone.

Failure modes 1, 2, 10, 11, 14. The server that stands for the outside counts every deed and
forgives nothing: exactly once is what the handler makes of at least once.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import threading
import time
import uuid
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psutil
import psycopg
import pytest
import redis

from tests.core.test_killed_worker import Start, ask, home, own_services, process
from tests.house.conftest import wait_until

__all__ = ["home", "own_services", "process"]  # fixtures
pytestmark = [pytest.mark.processes, pytest.mark.soak]

MOMENTS = ["before", "during", "after"]


class Deeds(ThreadingHTTPServer):
    """The outside: GET says whether a deed was done, POST does it, again and again if asked."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.done: list[str] = []
        self.asked: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Answer(BaseHTTPRequestHandler):
    server: Deeds

    def do_GET(self) -> None:
        key = urlsplit(self.path).path.lstrip("/")
        self.server.asked.append(key)
        self._answer(200 if key in self.server.done else 404)

    def do_POST(self) -> None:
        """Where it shall kill: the deed is done and its caller never hears of it."""
        address = urlsplit(self.path)
        self.server.done.append(address.path.lstrip("/"))
        for pid in parse_qs(address.query).get("kill", []):
            os.kill(int(pid), signal.SIGKILL)
            return
        self._answer(200)

    def _answer(self, status: int) -> None:
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing on the test's own output."""


@pytest.fixture
def deeds() -> Iterator[Deeds]:
    with Deeds() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def installed(home: dict[str, str], deeds: Deeds) -> dict[str, str]:
    """An installation with the deeds' handler and a queue of its own, also on a shared Redis."""
    home["DJANGO_SETTINGS_MODULE"] = "tests.core.deeds.settings"
    home["DEEDS_URL"] = deeds.url
    home["DEEDS_QUEUE"] = f"deeds-{uuid.uuid4().hex}"
    return home


def write(home: dict[str, str], key: str, die: str = "", line: str = "") -> None:
    """A message that an act wrote while no hint came through."""
    payload = json.dumps({"die": die})
    ask(
        home,
        "INSERT INTO core_outboxmessage (topic, key, line, state, not_before, tries, error,"  # noqa: S608
        " order_no, created_at, payload) VALUES ('test.deed',"
        f" '{key}', '{line}', 'pending', '2020-01-01', 0, '', '', '2020-01-01', '{payload}')",
    )


def state(home: dict[str, str], key: str) -> str:
    sql = f"SELECT state FROM core_outboxmessage WHERE key = '{key}'"  # noqa: S608
    return str(ask(home, sql)[0][0])


def end_leases(home: dict[str, str]) -> None:
    ask(home, "UPDATE core_outboxmessage SET not_before = '2020-01-01' WHERE state = 'claimed'")


def test_a_worker_killed_before_during_and_after_the_call_does_each_deed_once(
    installed: dict[str, str], deeds: Deeds, process: Start
) -> None:
    for moment in MOMENTS:
        write(installed, moment, die=moment, line="one after another")
    for moment in MOMENTS:
        worker = process("worker")
        wait_until(lambda worker=worker: worker.poll() is not None)  # type: ignore[misc]
        assert state(installed, moment) == "claimed"
        assert deeds.done.count(moment) == (0 if moment == "before" else 1)
        end_leases(installed)
    process("worker")
    wait_until(lambda: [state(installed, moment) for moment in MOMENTS] == ["done"] * 3)
    assert deeds.done == MOMENTS
    assert deeds.asked == MOMENTS, "each second try asked first"


def test_a_broker_that_forgets_all_under_a_running_worker_costs_nothing(
    installed: dict[str, str], deeds: Deeds, process: Start
) -> None:
    """And the database drops every connection at the same time, where it is a server."""
    worker, beat = process("worker"), process("beat")
    write(installed, "first")
    wait_until(lambda: state(installed, "first") == "done")
    for round_ in ("second", "third"):
        forget(installed, [worker, beat])
        write(installed, round_)
        wait_until(lambda key=round_: state(installed, key) == "done")  # type: ignore[misc]
    assert deeds.done == ["first", "second", "third"]
    assert [worker.poll(), beat.poll()] == [None, None], "both go on"


def forget(home: dict[str, str], processes: list[subprocess.Popen[bytes]]) -> None:
    if not home["REDIS_URL"]:
        # Renamed, in one step: a folder in use is never empty long enough to be removed.
        broken = Path(home["GENDAN_VAR"]) / "broker"
        broken.rename(broken.with_name(f"broker-forgotten-{time.monotonic_ns()}"))
        return
    broker = redis.Redis.from_url(home["REDIS_URL"])
    for key in broker.scan_iter(f"*{home['DEEDS_QUEUE']}*"):
        broker.delete(key)
    found = [c for p in processes for c in psutil.Process(p.pid).net_connections()]
    ours = {connection.laddr.port for connection in found}
    for client in broker.client_list():
        if int(client["addr"].rpartition(":")[2]) in ours:
            broker.client_kill_filter(addr=client["addr"])
    with psycopg.connect(home["DATABASE_URL"]) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
