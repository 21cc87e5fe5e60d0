"""A platform's list of refunds is read like its news, row after row (SOP 1.5, reading).

For platforms without an interface of ours. The same list twice, and an older one, change nothing.
"""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from core.models import Job, JobState
from core.tables.errors import RowRejected, Unreadable
from core.tables.files import Place
from core.verdict import Refused
from core.work import Unworkable, checkpoint, hint, works
from orders.models import Shop
from refunds.lists import HEADS, MOST_BYTES, MOST_ROWS, ListRow, header_of, read
from refunds.selectors.lists import KIND
from refunds.services.applying import NoSuchOrder, Seen, Standing, take_application
from staff.services.tell import tell

CHECKED = 20  # rows between two notes of the place
MOST_REJECTED = 1000


class Uploaded(Protocol):
    @property
    def name(self) -> str | None: ...

    @property
    def size(self) -> int | None: ...

    def chunks(self) -> Iterable[bytes]: ...


def folder_of(job: Job) -> Path:
    return Path(settings.MEDIA_ROOT) / "refund-lists" / str(job.pk)


def import_list(shop: Shop, file: Uploaded, *, by: Any, now: datetime) -> Job:
    """Keep the file and enqueue its reading; raises Unreadable with the reason."""
    if (file.size or 0) > MOST_BYTES:
        raise Unreadable(f"文件超过 {MOST_BYTES // 2**20} MB，请按时间分几次导出。")
    title = Path(file.name or "退款列表").name[:100]
    job = Job(id=uuid.uuid4(), kind=KIND, by=by, title=title, not_before=now)
    try:
        folder_of(job).mkdir(parents=True)
        with (folder_of(job) / "list").open("wb") as copy:
            for part in file.chunks():
                copy.write(part)
        header = header_of(folder_of(job) / "list")
    except BaseException:
        remove_files(job)
        raise
    job.params = {"shop": shop.code}
    job.result = {"taken": 0, "header": header, "rejected": []}
    job.save(force_insert=True)
    transaction.on_commit(hint)
    return job


def remove_files(job: Job) -> None:
    shutil.rmtree(folder_of(job), ignore_errors=True)


def ended(job: Job) -> None:
    """Done or failed: the file goes, and who brought it is told."""
    remove_files(job)
    text = f"“{job.title}”没有读完：{job.error}"
    if job.state == JobState.DONE:
        taken, bad = job.result["taken"], len(job.result["rejected"])
        text = f"“{job.title}”读完了：{taken} 笔对上或登记，拒绝 {bad} 行。"
    if job.by_id is not None:
        url, key = reverse("refund-list", args=[job.pk]), f"refund-list:{job.pk}"
        tell(text, to=job.by_id, url=url, key=key)


@works(KIND, ended)
def work(job: Job, late: Callable[[], bool]) -> bool:
    """Do a slice of a list; True at its end. Raises Unworkable with the reason."""
    try:
        return _work(job, late)
    except Unreadable as error:
        raise Unworkable(str(error)) from error


def _work(job: Job, late: Callable[[], bool]) -> bool:
    shop = Shop.objects.get(code=job.params["shop"])
    after = Place(*job.cursor["place"]) if job.cursor else None
    for each in read(folder_of(job) / "list", after):
        rejected = each.row if isinstance(each.row, RowRejected) else take(shop, each.row)
        job.done += 1
        if rejected is None:
            job.result["taken"] += 1
        else:
            job.result["rejected"].append(_kept(rejected))
        if len(job.result["rejected"]) > MOST_REJECTED or job.done > MOST_ROWS:
            raise Unworkable("行太多，或者有问题的行太多。请核对列名，按时间分几次导出。")
        job.cursor = {"place": list(each.end)}
        if late():
            checkpoint(job, timezone.now())
            return False
        if job.done % CHECKED == 0:
            checkpoint(job, timezone.now())
    return True


def take(shop: Shop, row: ListRow) -> RowRejected | None:
    """Bring one application in line; says why where it cannot be."""
    now = timezone.now()
    open_or = Standing.OPEN if row.is_open else Standing.CLOSED
    seen = Seen(
        row.number,
        row.trade,
        row.amount,
        Standing.PAID if row.paid else open_or,
        min(row.at or now, now),
        line=row.line,
        reason=row.reason,
        goods_back=row.goods_back,
        deadline=row.deadline,
        platform={"status": row.status},
    )
    try:
        take_application(shop, seen, now=now)
    except NoSuchOrder:
        why = "这个订单还没有导入。先导入订单，再传一次。"
        return RowRejected(row.line_no, HEADS["trade"], row.trade, why, row.cells)
    except Refused as refusal:
        why = f"{refusal.verdict.reason}{refusal.verdict.instead}"
        return RowRejected(row.line_no, HEADS["amount"], str(row.amount), why, row.cells)
    return None


def _kept(row: RowRejected) -> list[Any]:
    return [row.line, row.column, row.value, row.reason, list(row.cells)]
