"""The worker of an import: read the file in slices, then write its orders chunk by chunk."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from django.conf import settings
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from core.acts import TIMER, Actor
from core.models import Job, JobState
from core.work import Unworkable, checkpoint, works
from orders.formats import (
    ImportedOrder,
    Mapping,
    RowRejected,
    Staged,
    Unreadable,
    discard,
    records,
    stage,
)
from orders.models import ColumnMapping, Shop
from orders.services.importing.chunk import Chunk, apply
from staff.services.tell import tell

KIND = "import_orders"
ORDERS = 2000  # in one transaction
ON_SQLITE = 200  # there nobody else writes meanwhile
PAUSE = 0.2  # seconds between two on SQLite, or the web starves
COUNTS = ("created", "updated", "unchanged", "rejected")


T = TypeVar("T")


def folder_of(job: Job) -> Path:
    """Where the uploaded files and the staging file lie; never under the web root."""
    return Path(settings.MEDIA_ROOT) / "imports" / str(job.pk)


def ended(job: Job) -> None:
    """Done or failed: the files go, and who asked for it is told."""
    remove_files(job)
    if job.by_id is None:
        return
    text = f"“{job.title}”导入没有成功：{job.error}"
    if job.state == JobState.DONE:
        counts = job.result
        text = f"“{job.title}”导入完成：新建 {counts['created']}，更新 {counts['updated']}，"
        text += f"没有变化 {counts['unchanged']}，拒绝 {counts['rejected']} 行。"
    tell(text, to=job.by_id, url=reverse("import", args=[job.pk]), key=f"import:{job.pk}")


@works(KIND, ended)
def work(job: Job, late: Callable[[], bool]) -> bool:
    """Do a slice of an import; True at its end. Raises Unworkable with the reason."""
    if not job.cursor.get("staged"):
        return _read(job, late) and _write(job, late)
    return _write(job, late)


def _read(job: Job, late: Callable[[], bool]) -> bool:
    """Stage a slice of the file; says whether it is staged to the end."""
    try:
        staged = _stage(job, late)
    except Unreadable as error:
        raise Unworkable(str(error)) from error
    except FileNotFoundError as error:
        raise Unworkable("上传的文件已经不在了，请重新上传。") from error
    job.done, job.total = staged.position, staged.size
    if staged.done:
        _begin(job, staged)
    checkpoint(job, timezone.now())
    return staged.done


def _stage(job: Job, late: Callable[[], bool]) -> Staged:
    folder, items = folder_of(job), job.params.get("items")
    return stage(
        Path(job.params.get("path") or folder / "orders"),
        folder / "staged",
        items=Path(items) if items else None,
        mapping=_mapping(job),
        late=late,
    )


def _mapping(job: Job) -> Mapping | None:
    row = ColumnMapping.objects.filter(pk=job.params.get("mapping")).first()
    return Mapping(row.columns, row.states) if row else None


def _begin(job: Job, staged: Staged) -> None:
    """The file is read: what it is, and how much there is to write."""
    job.cursor = {"staged": True, "after": 0, "orders": staged.orders, "written": 0}
    job.result = {
        "format": staged.name,
        "header": list(staged.header),
        "items_left_over": staged.items_left_over,
        "rows": staged.rows,
        **dict.fromkeys(COUNTS, 0),
    }


def _write(job: Job, late: Callable[[], bool]) -> bool:
    shop = Shop.objects.get(code=job.params["shop"])
    read = records(folder_of(job) / "staged", job.cursor["after"])
    embedded = connection.vendor == "sqlite"
    with closing(ahead(read, ON_SQLITE if embedded else ORDERS)) as chunks:
        for place, found in enumerate(chunks):
            if place and embedded:
                time.sleep(PAUSE)
            _write_chunk(job, shop, found)
            if late():
                return False
    return True


def ahead(read: Generator[T, None, None], size: int) -> Generator[list[T], None, None]:
    """Pieces of `size`, always one ahead, read and closed in a thread of its own.

    While the database writes one chunk, the next is read: that takes about as long.
    """

    def take() -> list[T]:
        return list(islice(read, size))

    with ThreadPoolExecutor(1) as reader:
        try:
            coming = reader.submit(take)
            while piece := coming.result():
                coming = reader.submit(take)
                yield piece
        finally:
            reader.submit(read.close).result()


def _write_chunk(job: Job, shop: Shop, found: list[tuple[int, Any]]) -> None:
    """A chunk and the place behind it in one transaction: both or neither."""
    every = [record for _, group in found for record in group]
    chunk = Chunk(
        shop,
        [record for record in every if isinstance(record, ImportedOrder)],
        [record for record in every if isinstance(record, RowRejected)],
    )
    now = timezone.now()
    with transaction.atomic():
        counts = apply(job, chunk, by=_actor(job), now=now)
        job.result = job.result | {n: job.result[n] + counts[n] for n in COUNTS}
        job.cursor = job.cursor | {
            "after": found[-1][0],
            "written": job.cursor["written"] + len(found),
        }
        job.total, job.done = job.cursor["orders"], job.cursor["written"]
        checkpoint(job, now)


def _actor(job: Job) -> Actor:
    return Actor.person(job.by) if job.by else TIMER


def remove_files(job: Job) -> None:
    """The files hold personal data: they go as soon as they are not needed."""
    folder = folder_of(job)
    if folder.exists():
        discard(folder / "staged")
        shutil.rmtree(folder, ignore_errors=True)
