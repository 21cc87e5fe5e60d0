"""Files for platforms that are told of parcels by a file, not by an interface (SOP 2.h)."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime

from core.acts import Actor, act_on
from core.verdict import Refused
from orders.models import HandTask, Shop
from orders.services.hand import finish_hand_task
from warehouse import upload_files as policy
from warehouse.models import UploadFile, UploadTemplate
from warehouse.selectors.upload_files import open_file, template_of, waiting_rows


def save_template(
    shop: Shop,
    name: str,
    data: bytes,
    *,
    by: Actor,
    now: datetime,
    token: uuid.UUID | None = None,
) -> UploadTemplate:
    """Keep the platform's empty file; its columns are guessed. Raises Unreadable, Repeated."""
    read = policy.read_template(data)
    rows: list[UploadTemplate] = []
    with act_on("save_template", rows, by=by, now=now, token=token, clause="2.h") as (_, log):
        row = template_of(shop) or UploadTemplate(shop=shop)
        if list(read.header) != row.header:
            row.columns = policy.guess(read.header)
        row.file, row.file_name, row.kind = data, name[:100], read.kind
        row.line, row.header, row.by_name, row.at = read.line, list(read.header), by.name, now
        row.save()
        log.about(row)
        log.noted(f"{shop.name}的发货模板：{name}")
    return row


def describe_template(
    row: UploadTemplate,
    columns: Sequence[str],
    carriers: Mapping[str, str],
    *,
    by: Actor,
    now: datetime,
    token: uuid.UUID | None = None,
) -> UploadTemplate:
    """Say what each column holds, and how the platform calls the carriers. Raises Repeated."""
    rows: list[UploadTemplate] = []
    with act_on("save_template", rows, by=by, now=now, token=token, clause="2.h") as (_, log):
        row.columns, row.carriers = list(columns), dict(carriers)
        row.by_name, row.at = by.name, now
        row.save()
        log.about(row)
        log.noted(f"{row.shop.name}的发货模板：各列的内容")
    return row


def make_file(
    shop: Shop, *, by: Actor, now: datetime, token: uuid.UUID | None = None
) -> UploadFile:
    """Take what waits for this shop's platform, the oldest first. Raises Refused, Repeated."""
    rows: list[UploadFile] = []
    with act_on("make_upload_file", rows, by=by, now=now, token=token, clause="2.h") as (_, log):
        template, waiting = template_of(shop), waiting_rows(shop)
        ready = template is not None and policy.described(template.columns)
        policy.may_make(
            ready=ready, open_=open_file(shop) is not None, waiting=bool(waiting)
        ).require()
        file = UploadFile(shop=shop, made_at=now, by_id=by.user_id, by_name=by.name, rows=waiting)
        file.save()
        log.about(file)
        log.noted(f"{shop.name}的发货文件：{len(waiting)} 单")
    return file


def finish_file(
    file: UploadFile,
    refused: Sequence[str],
    *,
    by: Actor,
    now: datetime,
    token: uuid.UUID | None = None,
) -> UploadFile:
    """The platform took it: its tasks are done, but not those of the `refused` numbers.

    Each order's tick is an act of its own, so that what broke off is gone on with. Raises
    Refused, Repeated.
    """
    policy.may_finish(open_=file.open).require()
    for task_id, number, *_ in file.rows:
        if number not in refused:
            _tick(task_id, by, now)
    with act_on("finish_upload_file", [file], by=by, now=now, token=token) as ([file], log):
        policy.may_finish(open_=file.open).require()
        numbers = {number for _, number, *_ in file.rows}
        file.done_at, file.done_by_name = now, by.name
        file.refused = [number for number in refused if number in numbers]
        log.noted(
            f"发货文件已上传：{len(file.rows)} 单，没收下 {len(file.refused)} 单", clause="2.h"
        )
    return file


def drop_file(
    file: UploadFile, *, by: Actor, now: datetime, token: uuid.UUID | None = None
) -> UploadFile:
    """It is not uploaded: its orders go into the next one. Raises Refused, Repeated."""
    with act_on("drop_upload_file", [file], by=by, now=now, token=token) as ([file], log):
        policy.may_finish(open_=file.open).require()
        file.done_at, file.done_by_name, file.dropped = now, by.name, True
        log.noted("发货文件作废", clause="2.h")
    return file


def _tick(task_id: int, by: Actor, now: datetime) -> None:
    task = HandTask.objects.select_related("order__shop").filter(pk=task_id).first()
    if task is not None:
        with suppress(Refused):  # somebody ticked it already, or nobody has to do it any more
            finish_hand_task(task.order, task, by=by, now=now)
