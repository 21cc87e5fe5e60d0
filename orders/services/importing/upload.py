"""Take in an uploaded export file: keep it, look what it is, write down the job (SOP 5.a)."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta
from hashlib import blake2b
from pathlib import Path
from typing import Any, Protocol

from django.db import transaction

from core.lease import LEASE
from core.models import Job, JobState
from core.tables.cells import plain
from core.work import cancel, hint
from orders.formats import (
    MAX_BYTES,
    ItemsAlone,
    Mapping,
    Peek,
    Unreadable,
    peek,
    validate_mapping,
)
from orders.models import ColumnMapping, Shop
from orders.services.importing.job import KIND, folder_of, remove_files
from orders.words import Channel

WAITS = timedelta(days=1)  # how long a file waits for its columns to be explained


class Uploaded(Protocol):
    @property
    def name(self) -> str | None: ...

    @property
    def size(self) -> int | None: ...

    def chunks(self) -> Iterable[bytes]: ...


def import_upload(
    shop: Shop,
    orders: Uploaded,
    items: Uploaded | None,
    *,
    by: Any,
    now: datetime,
    anyway: bool = False,
) -> Job:
    """Keep the file and enqueue its import; raises Unreadable with the reason.

    A file that no format knows becomes a job that waits until a user has mapped its columns
    (`params["unknown"]`). `anyway`: although it is another platform's export.
    """
    for file in (orders, items):
        if file is not None and (file.size or 0) > MAX_BYTES:
            raise Unreadable(f"文件超过 {MAX_BYTES // 2**20} MB，请按时间分几次导出。")
    job = Job(id=uuid.uuid4(), kind=KIND, by=by, title=_title(orders.name), not_before=now)
    try:
        folder = folder_of(job)
        job.params = {"shop": shop.code} | _keep(folder, orders, items)
        found = peek(folder / "orders")
        _check(found, shop, has_items=items is not None, anyway=anyway)
    except BaseException:
        remove_files(job)
        raise
    if not found.format:
        _explain(job, found)
    job.save(force_insert=True)
    transaction.on_commit(hint)
    return job


def _title(name: str | None) -> str:
    return Path(name or "导入").name[:100]


def _keep(folder: Path, orders: Uploaded, items: Uploaded | None) -> dict[str, str]:
    """Copy the files to where the worker reads them; names from outside are never paths."""
    folder.mkdir(parents=True)
    kept = {}
    for name, file in (("orders", orders), ("items", items)):
        if file is not None:
            with (folder / name).open("wb") as copy:
                for part in file.chunks():
                    copy.write(part)
            kept["path" if name == "orders" else "items"] = str(folder / name)
    return kept


def _check(found: Peek, shop: Shop, *, has_items: bool, anyway: bool) -> None:
    if found.holds_items and not has_items:
        raise ItemsAlone(found.name)
    if found.channels and shop.channel not in found.channels and not anyway:
        label = Channel(shop.channel).label
        raise Unreadable(
            f"这是{found.name}，而“{shop.name}”是{label}店铺。请换一个店铺；"
            "确定要导进这个店铺，就勾上“仍然导入”再传一次。"
        )


def _explain(job: Job, found: Peek) -> None:
    """A mapping that was made for this header before; else the job waits for one."""
    if mapping := mapping_of(found.header):
        job.params["mapping"] = mapping.pk
    else:
        job.params["unknown"] = True
        job.not_before += WAITS


def mapping_of(header: list[str]) -> ColumnMapping | None:
    """The mapping that a user made for such a file."""
    return ColumnMapping.objects.filter(headers_digest=digest_of(header)).first()


def digest_of(header: list[str]) -> str:
    """A header as it is found again: by its names in their order."""
    return blake2b("\n".join(plain(name) for name in header).encode(), digest_size=16).hexdigest()


def keep_mapping(
    job: Job, header: list[str], name: str, mapping: Mapping, *, by: Any, now: datetime
) -> ColumnMapping:
    """Keep how a file's columns are read, and let its import go on; raises ValueError."""
    if problems := validate_mapping(header, mapping):
        raise ValueError("".join(problems))
    with transaction.atomic():
        row, _ = ColumnMapping.objects.update_or_create(
            headers_digest=digest_of(header),
            defaults={
                "name": name,
                "headers": header,
                "columns": mapping.columns,
                "states": mapping.states,
                "by": by,
            },
        )
        params = {k: v for k, v in job.params.items() if k != "unknown"}
        Job.objects.filter(pk=job.pk).update(params=params | {"mapping": row.pk}, not_before=now)
        transaction.on_commit(hint)
    return row


def cancel_import(job: Job) -> bool:
    """Stop an import; what it has written stays, its files go."""
    stopped = cancel(job)
    if stopped:
        remove_files(job)
    return stopped


def begin_here(shop: Shop, path: Path, items: Path | None, found: Peek, *, now: datetime) -> Job:
    """A job that this process works itself; when it dies a worker goes on after the lease."""
    job = Job(id=uuid.uuid4(), kind=KIND, title=path.name[:100], state=JobState.RUNNING)
    job.lease, job.not_before = uuid.uuid4(), now + LEASE
    job.params = {"shop": shop.code, "path": str(path.resolve())}
    if items is not None:
        job.params["items"] = str(items.resolve())
    if not found.format and (mapping := mapping_of(found.header)):
        job.params["mapping"] = mapping.pk
    job.save(force_insert=True)
    folder_of(job).mkdir(parents=True)
    return job
