"""What `manage.py restore` refuses: foreign, broken, newer; and a program that is not there."""

from __future__ import annotations

import io
import json
import subprocess
import tarfile
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from core.backup import archive, databases, restore
from core.backup.errors import BackupFailed
from staff.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folders(tmp_path: Path, settings: Any) -> Path:
    settings.VAR_DIR = tmp_path / "var"
    settings.MEDIA_ROOT = tmp_path / "var" / "files"
    upload = settings.MEDIA_ROOT / "exports" / "7" / "订单.csv"
    upload.parent.mkdir(parents=True)
    upload.write_text("订单号\n")
    return tmp_path


@pytest.fixture
def made(folders: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A back-up, of a database that is quickly written."""
    monkeypatch.setattr(databases, "dump", lambda path: path.write_bytes(b"rows " * 1000))
    archive.write(folders / "a.tar.gz", timezone.now())
    return folders / "a.tar.gz"


def refused(path: Path, folders: Path) -> str:
    with pytest.raises(BackupFailed) as refusal:
        archive.unpack(path, folders / "out")
    return str(refusal.value)


def test_what_was_written_is_unpacked_byte_for_byte(made: Path, folders: Path) -> None:
    manifest = archive.unpack(made, folders / "out")
    assert (folders / "out/database").read_bytes() == b"rows " * 1000
    assert (folders / "out/files/exports/7/订单.csv").read_text() == "订单号\n"
    assert manifest["secret"] == archive.fingerprint()
    assert made.stat().st_mode & 0o077 == 0
    assert sorted(path.name for path in folders.iterdir()) == ["a.tar.gz", "out", "var"]


def test_a_cut_or_altered_archive_is_refused(made: Path, folders: Path) -> None:
    data = made.read_bytes()
    for number, broken in enumerate((data[: len(data) // 2], data[:200])):
        (folders / "b.tar.gz").write_bytes(broken)
        with pytest.raises(BackupFailed, match=r"坏了或不完整|不是跟单台的备份"):
            archive.unpack(folders / "b.tar.gz", folders / f"out{number}")


def repacked(made: Path, folders: Path, change: Any) -> Path:
    """The same archive with its members changed by `change(name, bytes)`."""
    path = folders / "changed.tar.gz"
    with tarfile.open(made) as old, tarfile.open(path, "w:gz") as new:
        for info in old:
            file = old.extractfile(info)
            assert file is not None
            name, data = change(info.name, file.read())
            info.name, info.size = name, len(data)
            new.addfile(info, io.BytesIO(data))
    return path


def test_a_byte_that_is_not_the_one_written_is_seen(made: Path, folders: Path) -> None:
    def change(name: str, data: bytes) -> tuple[str, bytes]:
        return name, data.replace(b"rows", b"rovs") if name == "database" else data

    assert "坏了" in refused(repacked(made, folders, change), folders)


def test_a_name_that_leads_elsewhere_is_refused(made: Path, folders: Path) -> None:
    for evil in ("files/../../evil", "/etc/evil", "evil"):

        def change(name: str, data: bytes, evil: str = evil) -> tuple[str, bytes]:
            return (evil if name == "database" else name), data

        assert "不是跟单台的备份" in refused(repacked(made, folders, change), folders)
    assert not (folders / "evil").exists()


@pytest.mark.parametrize("content", [b"", b"PGDMP not ours", b"\x1f\x8b\x08" + b"0" * 40])
def test_a_file_of_another_kind_is_refused(content: bytes, folders: Path) -> None:
    (folders / "x").write_bytes(content)
    assert "不是跟单台的备份" in refused(folders / "x", folders)
    assert "没有这个文件" in refused(folders / "nothing", folders)


def manifest_with(**values: Any) -> Any:
    def change(name: str, data: bytes) -> tuple[str, bytes]:
        return name, json.dumps(json.loads(data) | values).encode() if name[0] == "m" else data

    return change


def test_a_newer_back_up_or_another_kind_of_database_is_refused(made: Path, folders: Path) -> None:
    UserFactory.create()
    for values, says in (
        ({"version": 2}, "请先升级"),
        ({"database": "oracle 23"}, "同一种数据库"),
        ({"migrations": [["orders", "0999_later"]]}, "orders.0999_later"),
        ({}, "--yes"),
    ):
        with pytest.raises(CommandError, match=says):
            call_command("restore", repacked(made, folders, manifest_with(**values)))


def test_a_running_installation_is_not_restored_into(made: Path, folders: Path) -> None:
    with restore._alone(), pytest.raises(CommandError, match="还在运行"):
        call_command("restore", made, yes=True)


def test_an_older_back_up_is_never_overwritten(made: Path, folders: Path) -> None:
    with pytest.raises(CommandError, match="已经在了"):
        call_command("backup", made)
    with pytest.raises(CommandError, match="没有这个文件夹"):
        call_command("backup", folders / "none" / "a.tar.gz")


def test_a_failed_back_up_leaves_nothing(folders: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path) -> None:
        path.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(databases, "dump", full)
    with pytest.raises(CommandError, match="No space left"):
        call_command("backup", folders / "a.tar.gz")
    assert [path.name for path in folders.iterdir()] == ["var"]


@pytest.mark.parametrize(("said", "says"), [(None, "找不到 pg_dump"), ("pg_dump 13.2", "13 版")])
def test_a_missing_or_older_program_is_named(
    said: str | None, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(*args: Any, **kwargs: Any) -> Any:
        if said is None:
            raise FileNotFoundError("pg_dump")
        return subprocess.CompletedProcess(args, 0, stdout=said)

    monkeypatch.setattr(subprocess, "run", run)
    with pytest.raises(BackupFailed, match=says):
        databases._check("pg_dump", 15)


def test_a_password_never_stands_on_a_command_line(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Any] = []

    def run(command: list[str], env: dict[str, str], **kwargs: Any) -> Any:
        seen.append((command, env))
        return subprocess.CompletedProcess(command, 0, stderr="")

    known = {"host": "db", "user": "gendan", "password": "s3cret", "dbname": "gendan"}
    monkeypatch.setattr(connection, "get_connection_params", lambda: known)
    monkeypatch.setattr(subprocess, "run", run)
    databases._run("pg_dump", "--file=x")
    assert "s3cret" not in repr(seen[0][0])
    assert seen[0][1]["PGPASSWORD"] == "s3cret"
