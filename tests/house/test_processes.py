"""The start script with real processes: it starts, stops, and shows that one of them died."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import signal
import subprocess
import sys
import termios
import urllib.request
from pathlib import Path

import psutil
import pytest

from config.health import serves
from config.paths import BASE_DIR
from tests.house.conftest import PATIENCE, Household, Start, wait_until
from tests.house.template import emptied

pytestmark = [pytest.mark.processes, pytest.mark.soak]


@pytest.mark.sqlite
def test_killed_worker_stops_all_visibly_and_a_restart_serves(
    home: dict[str, str], start: Start
) -> None:
    emptied(home)  # the first start migrates
    first = start()
    first.until_serving()
    assert first.get("/sign-in") == 200
    one_start_per_folder(first, start)
    os.kill(first.pids()["worker"], signal.SIGKILL)
    assert first.until_all_gone() == 128 + signal.SIGKILL
    assert "worker stopped" in first.said
    assert "一个进程意外停止" in first.said

    again = start(GENDAN_DEMO="1")  # the folder is empty still, so the demo is loaded
    again.until(lambda: "演练系统" in again.said)
    assert again.get("/sign-in") == 200
    sandbox = re.search(r"演练系统 sandbox: http://127.0.0.1:(\d+)/", again.said)
    assert sandbox is not None
    with urllib.request.urlopen(f"http://127.0.0.1:{sandbox[1]}/") as page:
        assert page.status == 200
    again.process.send_signal(signal.SIGINT)
    assert again.until_all_gone() == 128 + signal.SIGINT
    assert "意外" not in again.said


def one_start_per_folder(first: Household, start: Start) -> None:
    second = start(PORT=str(first.port + 1))
    assert second.until_all_gone() == 1
    assert len(second.lines) == 1
    assert f"kill {first.process.pid} " in second.said


@pytest.mark.sqlite
def test_the_end_of_the_terminal_stops_all(home: dict[str, str]) -> None:
    """The terminal's window is closed: SIGHUP, and whoever prints now gets an error."""
    ours, theirs = pty.openpty()
    household = subprocess.Popen(
        [sys.executable, "-m", "config.start"],
        cwd=BASE_DIR,
        env=home,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
    )
    os.close(theirs)
    wait_until(lambda: serves(int(home["PORT"])))
    lock = Path(home["GENDAN_VAR"]) / "run.lock"
    wait_until(lambda: len(lock.read_text().split()) == 4)
    pids = [int(pid) for pid in lock.read_text().split()]
    os.close(ours)
    assert household.wait(PATIENCE) == 128 + signal.SIGTERM
    assert not [pid for pid in pids if psutil.pid_exists(pid)]


@pytest.mark.sqlite
def test_ctrl_c_before_all_have_started_stops_all(start: Start) -> None:
    household = start()
    household.until(lambda: "started (pid=" in household.said)
    household.process.send_signal(signal.SIGINT)
    household.until_all_gone()
