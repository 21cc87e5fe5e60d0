"""What can go wrong before the start gets one clear line (failure mode 31)."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from collections import namedtuple
from pathlib import Path

import pytest

from config.paths import BASE_DIR
from config.start import CannotStart, check_folder, check_port, take_lock, wanted_port


def start(tmp_path: Path, **env: str) -> subprocess.CompletedProcess[str]:
    own = {"GENDAN_VAR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "config.settings.local"}
    return subprocess.run(
        [sys.executable, "-m", "config.start"],
        cwd=BASE_DIR,
        env=os.environ | own | env,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_port_in_use_gets_one_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        answer = start(tmp_path, PORT=str(port))
    assert answer.returncode == 1
    assert answer.stdout == ""
    assert answer.stderr.count("\n") == 1
    assert f"端口 {port} 已被占用" in answer.stderr
    assert f"PORT={port + 1}" in answer.stderr


@pytest.mark.parametrize("port", ["http", "0", "65536", "-1"])
def test_port_that_is_none_is_refused(port: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", port)
    with pytest.raises(CannotStart, match="不是端口号"):
        wanted_port()


def test_free_port_is_fine() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
    check_port(port)


def test_folder_that_cannot_be_written_gets_one_line(tmp_path: Path) -> None:
    (tmp_path / "var").write_text("a file stands where the folder should be")
    answer = start(tmp_path, GENDAN_VAR=str(tmp_path / "var"))
    assert answer.returncode == 1
    assert answer.stderr.count("\n") == 1
    assert "写不进" in answer.stderr


@pytest.mark.skipif(
    not Path("/proc/version").exists(), reason="needs Linux's /proc, which is read-only"
)
def test_read_only_folder_gets_one_line() -> None:
    with pytest.raises(CannotStart, match="写不进 /proc/sys"):
        check_folder(Path("/proc/sys/gendan"))


def test_full_disk_gets_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage(10**9, 10**9, 3 * 2**20))
    with pytest.raises(CannotStart, match="只剩 3 MB"):
        check_folder(tmp_path)


def test_lock_is_free_again_after_its_owner_ends(tmp_path: Path) -> None:
    lock = take_lock(tmp_path)
    with pytest.raises(CannotStart, match=f"kill {os.getpid()}"):
        take_lock(tmp_path)
    lock.close()
    take_lock(tmp_path).close()
