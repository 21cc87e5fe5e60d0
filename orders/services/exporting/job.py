"""The worker of an export: keyset pages into parts, the parts into a file, the file told of."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import prefetch_related_objects
from django.urls import reverse
from django.utils import timezone

from core.acts import Actor, act_on
from core.models import Job, JobState
from core.sealed import Unsealable, unseal
from core.work import Unworkable, checkpoint, works
from orders.models import Order
from orders.selectors.filters import narrow
from orders.selectors.order import visible
from orders.selectors.search import search
from orders.services.exporting.ask import KIND, asked, in_words
from orders.services.exporting.columns import row_of
from orders.services.exporting.files import FORMATS, append, read_parts, remove_folder
from staff.matrix import may
from staff.models import User
from staff.services.tell import tell

PAGE = 500


def folder_of(job: Job) -> Path:
    return Path(settings.MEDIA_ROOT) / "exports" / job.pk.hex


def file_of(job: Job) -> Path:
    """Where the finished file is; its name holds nothing that anybody typed."""
    return folder_of(job) / f"orders.{job.params['format']}"


def tell_end(job: Job) -> None:
    """Tell the exporter that the file is ready, or why there is none."""
    if job.state == JobState.DONE:
        with act_on(KIND, [], by=Actor.person(job.by), now=timezone.now()) as (_, log):
            log.noted(f"导出完成，共 {job.done} 单：{job.title}")
        text = f"导出好了，共 {job.done} 单：{job.title}"
    else:
        text = f"导出没有成功：{job.title}。{job.error}"
    tell(text, to=job.by, url=reverse("exports"), key=f"job:{job.pk}")


@works(KIND, ended=tell_end)
def export_orders(job: Job, late: Callable[[], bool]) -> bool:
    """A slice of an export: read on where the cursor stands, put the file together at the end."""
    user = _exporter(job)
    folder_of(job).mkdir(parents=True, exist_ok=True, mode=0o700)
    _begin_again_when_parts_are_lost(job)
    if not job.cursor.get("read"):
        if not _read_on(job, user, late):
            return False
        if late():
            return False
    _put_together(job, user)
    return True


def _exporter(job: Job) -> User:
    user = job.by
    if user is None or not may(user, KIND):
        raise Unworkable("申请导出的人已经停用，或者不再有导出的权限。")
    return user


def _begin_again_when_parts_are_lost(job: Job) -> None:
    folder = folder_of(job)
    for name, length in job.cursor.get("parts", []):
        if not (folder / name).exists() or (folder / name).stat().st_size < length:
            job.cursor, job.done = {}, 0
            return


def _read_on(job: Job, user: User, late: Callable[[], bool]) -> bool:
    """Write pages into the part of this lease until all are read or the slice is over."""
    parts = job.cursor.get("parts", [])
    name = f"{len(parts):05d}-{job.lease}.part"
    with (folder_of(job) / name).open("wb") as file:
        for data, count, cursor in _pages(job, user):
            length = append(file, data)
            job.done += count
            job.cursor = {
                "parts": [*parts, [name, length]],
                "page": cursor,
                "read": not cursor,
            }
            checkpoint(job, timezone.now())
            if late() and cursor:
                return False
    return True


def _pages(job: Job, user: User) -> Iterator[tuple[bytes, int, str]]:
    """Each page as bytes, with the number of its orders and where the next one begins."""
    kind, personal = FORMATS[job.params["format"]], bool(job.params["personal"])
    try:
        readings, filters = asked(unseal(job.params["query"]))
    except Unsealable as error:
        raise Unworkable("这次查询的条件读不出来了，请重新查一次再导出。") from error
    if not job.total and not readings:
        job.total = narrow(visible(user), filters, user).count()
    cursor, first = job.cursor.get("page", ""), job.done
    while True:
        found = search(user, readings, filters, cursor, size=PAGE).page
        if kind.most_rows and first + len(found.rows) > kind.most_rows:
            raise Unworkable("超过一张表放得下的行数，请缩小范围，或者导出 CSV。")
        yield kind.rows(_rows(found.rows, personal=personal), first), len(found.rows), found.older
        cursor, first = found.older, first + len(found.rows)
        if not cursor:
            return


def _rows(orders: list[Order], *, personal: bool) -> Iterator[list[Any]]:
    prefetch_related_objects(orders, "lines", "merged_into")
    return (row_of(order, personal=personal) for order in orders)


def _put_together(job: Job, user: User) -> None:
    """All parts into one file under its final name; until then there is none to download."""
    folder, now = folder_of(job), timezone.localtime()
    about = [
        ("导出人", f"{user.display_name}（{user.username}）"),
        ("导出时间", f"{now:%Y-%m-%d %H:%M:%S}"),
        ("条件", in_words(unseal(job.params["query"]))),
        ("收货信息", "包含，请妥善保管" if job.params["personal"] else "已遮盖"),
        ("订单数", str(job.done)),
    ]
    target = folder / f"{job.lease}.tmp"
    FORMATS[job.params["format"]].join(target, _kept_alive(job), about)
    os.replace(target, file_of(job))
    job.total = job.done
    for part in folder.glob("*.part"):
        part.unlink()


def _kept_alive(job: Job) -> Iterator[bytes]:
    """The parts; the lease lives on while they are copied."""
    for part in job.cursor["parts"]:
        checkpoint(job, timezone.now())
        yield from read_parts(folder_of(job), [part])


def discard(job: Job) -> None:
    """Remove all files of an export."""
    remove_folder(folder_of(job))
