"""The archive: `database`, `files/…`, and at the end `manifest.json`, which knows all of them."""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import IO, Any

from django.conf import settings
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from core.backup import databases
from core.backup.errors import BackupFailed

FORMAT, VERSION = "gendan-backup", 1
DATABASE, MANIFEST, FILES = "database", "manifest.json", "files"
BLOCK = 2**20


def fingerprint() -> str:
    """Tells whether two installations have one SECRET_KEY; the key does not follow from it."""
    text = b"gendan.fingerprint:" + settings.SECRET_KEY.encode()
    return hashlib.sha256(text).hexdigest()[:16]


# Writing


def write(target: Path, now: datetime) -> dict[str, Any]:
    """Back everything up into `target`, which is there when it is complete. Raises BackupFailed."""
    if target.exists():
        raise BackupFailed(f"{target} 已经在了，备份不覆盖旧的。换一个名字。")
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".backup-") as folder:
            manifest = _write(part, Path(folder), now)
        with part.open("rb") as file:
            os.fsync(file.fileno())
        part.rename(target)
    except OSError as error:
        raise BackupFailed(f"写不进 {target}：{error.strerror}。") from error
    finally:
        part.unlink(missing_ok=True)
    return manifest


def _write(part: Path, folder: Path, now: datetime) -> dict[str, Any]:
    members: dict[str, dict[str, Any]] = {}
    with part.open("xb") as raw, tarfile.open(fileobj=raw, mode="w:gz", compresslevel=1) as tar:
        part.chmod(0o600)
        with _kept_files(folder / FILES) as kept:
            databases.dump(folder / DATABASE)
            _keep(kept)  # what came while the database was copied
            _add(tar, members, DATABASE, folder / DATABASE)
            for path in sorted(path for path in kept.rglob("*") if path.is_file()):
                _add(tar, members, f"{FILES}/{path.relative_to(kept).as_posix()}", path)
        manifest = {
            "format": FORMAT,
            "version": VERSION,
            "made_at": now.isoformat(),
            "database": databases.version(),
            "secret": fingerprint(),
            "migrations": sorted(map(list, MigrationRecorder(connection).applied_migrations())),
            "members": members,
        }
        _add_bytes(tar, MANIFEST, json.dumps(manifest, indent=1).encode())
    return manifest


@contextmanager
def _kept_files(folder: Path) -> Iterator[Path]:
    """Every file of MEDIA_ROOT under a second name, so that nobody's clearing up takes it away."""
    folder.mkdir()
    _keep(folder)
    yield folder


def _keep(folder: Path) -> None:
    root = Path(settings.MEDIA_ROOT)
    for path in root.rglob("*"):
        copy = folder / path.relative_to(root)
        with suppress(FileNotFoundError, FileExistsError):
            if path.is_file():
                copy.parent.mkdir(parents=True, exist_ok=True)
                _link(path, copy)


def _link(path: Path, copy: Path) -> None:
    try:
        os.link(path, copy)
    except FileExistsError:
        raise
    except OSError:  # another disk
        if not copy.exists():
            shutil.copyfile(path, copy)


def _add(tar: tarfile.TarFile, members: dict[str, Any], name: str, path: Path) -> None:
    """As much of the file as there is now: an export may still be growing."""
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        info = tarfile.TarInfo(name)
        info.size, info.mode = size, 0o600
        hashed = _Hashed(file)
        tar.addfile(info, hashed)  # type: ignore[arg-type]
    members[name] = {"size": size, "sha256": hashed.digest.hexdigest()}


def _add_bytes(tar: tarfile.TarFile, name: str, data: bytes) -> None:
    info = tarfile.TarInfo(name)
    info.size, info.mode = len(data), 0o600
    tar.addfile(info, io.BytesIO(data))


class _Hashed:
    """A file whose sum is known when it has been read."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file, self.digest = file, hashlib.sha256()

    def read(self, size: int) -> bytes:
        data = self.file.read(size)
        self.digest.update(data)
        return data


# Reading


def unpack(source: Path, folder: Path) -> dict[str, Any]:
    """Unpack into `folder` and check every byte; answers the manifest. Raises BackupFailed."""
    broken = BackupFailed(f"{source} 坏了或不完整，没有恢复任何东西。请用另一份备份。")
    found: dict[str, dict[str, Any]] = {}
    try:
        manifest = _unpack_all(source, folder, found)
    except FileNotFoundError:
        raise BackupFailed(f"没有这个文件：{source}") from None
    except (OSError, EOFError, ValueError, tarfile.TarError) as error:
        raise (broken if found else _foreign(source)) from error
    if manifest.get("format") != FORMAT:
        raise broken if found else _foreign(source)
    if manifest["version"] != VERSION:
        raise BackupFailed(f"{source} 是更新的版本做的备份，请先升级跟单台。")
    if manifest["members"] != found or DATABASE not in found:
        raise broken
    return manifest


def _unpack_all(source: Path, folder: Path, found: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Unpack every member into `found`; answers the manifest, {} where there is none."""
    manifest: Any = {}
    with tarfile.open(source, "r:gz") as tar:
        for info in tar:
            file = tar.extractfile(info) if info.isfile() else None
            if file is None or not _ours(info.name):
                raise _foreign(source)
            if info.name == MANIFEST:
                manifest = json.loads(file.read(64 * BLOCK))
            else:
                found[info.name] = _unpack_one(file, folder / info.name, info.size)
    return manifest if isinstance(manifest, dict) else {}


def _foreign(source: Path) -> BackupFailed:
    return BackupFailed(f"{source} 不是跟单台的备份（manage.py backup 做的才是）。")


def _ours(name: str) -> bool:
    """Our own names alone: no absolute path, no way up."""
    parts = PurePosixPath(name).parts
    plain = name == "/".join(parts) and ".." not in parts and not name.startswith("/")
    return name in (DATABASE, MANIFEST) or (plain and len(parts) > 1 and parts[0] == FILES)


def _unpack_one(file: IO[bytes], path: Path, size: int) -> dict[str, Any]:
    path.parent.mkdir(parents=True, exist_ok=True)
    hashed = _Hashed(file)
    with path.open("xb") as copy:
        path.chmod(0o600)
        while data := hashed.read(BLOCK):
            copy.write(data)
    return {"size": size, "sha256": hashed.digest.hexdigest()}
