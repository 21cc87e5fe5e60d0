"""Real processes: the start script in a folder of its own."""

from __future__ import annotations

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from config.health import serves
from config.paths import BASE_DIR
from config.settings.test import TEST_DB, TEST_REDIS_URL
from tests.house import template

PATIENCE = 120  # seconds: on a busy machine the first start loads the demo for half a minute


def wait_until(
    what: Callable[[], bool], say: Callable[[], str] = str, patience: float = PATIENCE
) -> None:
    end = time.monotonic() + patience
    while not what():
        assert time.monotonic() < end, say()
        time.sleep(0.05)


class Household:
    """One run of the start script: what it prints, which processes it has, how it ends."""

    def __init__(self, env: dict[str, str]) -> None:
        self.port = int(env["PORT"])
        self.lines: list[str] = []
        self.process = subprocess.Popen(
            [sys.executable, "-m", "config.start"],
            cwd=BASE_DIR,
            env=env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line.rstrip())

    @property
    def said(self) -> str:
        return "\n".join(self.lines)

    def until(self, what: Callable[[], bool]) -> None:
        """Wait until it is so; fails with what the processes said, at once when they ended."""
        ended = self.process.poll
        wait_until(lambda: what() or ended() is not None, lambda: self.said)
        assert what(), self.said

    def pids(self) -> dict[str, int]:
        return {
            name: int(pid) for name, pid in re.findall(r"(\w+) started \(pid=(\d+)\)", self.said)
        }

    def until_serving(self) -> None:
        self.until(lambda: serves(self.port) and "http://" in self.said and len(self.pids()) == 3)

    def until_all_gone(self) -> int:
        """Wait for the end; returns the exit code. No process of ours is left then."""
        self.until(lambda: self.process.poll() is not None)
        assert not [name for name, pid in self.pids().items() if psutil.pid_exists(pid)], self.said
        return int(self.process.returncode)

    def get(self, path: str) -> int:
        connection = http.client.HTTPConnection("localhost", self.port, timeout=10)
        connection.request("GET", path)
        return connection.getresponse().status

    def end(self) -> None:
        """Leave nothing behind, whatever the test found."""
        for pid in (self.process.pid, *self.pids().values()):
            if psutil.pid_exists(pid):
                os.kill(pid, signal.SIGKILL)
        self.process.wait()


Start = Callable[..., Household]
Services = dict[str, str]


@pytest.fixture
def home(tmp_path: Path, own_services: Services) -> dict[str, str]:
    """The environment of an installation of its own, whose tables are there."""
    own = {"GENDAN_VAR": str(tmp_path / "var"), "PORT": str(free_port()), "GENDAN_DEMO": ""}
    own["DJANGO_SETTINGS_MODULE"] = "config.settings.local"
    return os.environ | own | own_services


@pytest.fixture
def start(home: dict[str, str]) -> Iterator[Start]:
    """`start(GENDAN_DEMO="1")`: run the start script; the folder stays the same in one test."""
    households: list[Household] = []

    def begin(**env: str) -> Household:
        household = Household(home | env)
        households.append(household)
        return household

    yield begin
    for household in households:
        household.end()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def own_services(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    """A migrated database of our own; on PostgreSQL Redis, too: else all stands in var/."""
    redis_url = TEST_REDIS_URL if TEST_DB == "postgres" else ""
    with template.copied(template.make_once(tmp_path_factory), tmp_path / "var") as url:
        yield {"DATABASE_URL": url, "REDIS_URL": redis_url}
